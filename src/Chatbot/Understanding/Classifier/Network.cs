using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>How a network is trained.</summary>
/// <param name="Hidden">Units of the hidden layer.</param>
/// <param name="Epochs">How often each example is shown.</param>
/// <param name="Rate">Step of AdaGrad at the beginning.</param>
/// <param name="InputDropout">Share of a text's features that an example is shown without.</param>
/// <param name="InputScale">What the features are multiplied by: more follows the examples closer, less generalises better from few.</param>
/// <param name="HiddenDropout">Share of the hidden units that it is shown to without.</param>
/// <param name="Smoothing">Share of the target's probability that all classes divide.</param>
/// <param name="Spread">Standard deviation of the first layer's weights at the beginning: small, so that they become what the examples say.</param>
internal sealed record NetworkOptions(
    int Hidden,
    int Epochs,
    float InputDropout,
    float InputScale = 1,
    float HiddenDropout = 0.2f,
    float Rate = 0.01f,
    float Smoothing = 0.02f,
    float Spread = 0.001f
);

/// <summary>
/// One hidden layer of rectified units over sparse features, softmax over the classes. Stochastic gradient on the cross entropy, one example
/// at a time, with AdaGrad steps (Duchi et al., 2011; one accumulator for a feature's whole row), falling linearly to 0.
/// Seeded and single-threaded: the same examples and seed give the same network.
/// </summary>
internal sealed class Network
{
    private readonly int hidden;
    private readonly float[] first;
    private readonly float[] firstOffset;
    private readonly float[] second;
    private readonly float[] secondOffset;

    private Network(int hidden, float[] first, float[] firstOffset, float[] second, float[] secondOffset) =>
        (this.hidden, this.first, this.firstOffset, this.second, this.secondOffset) = (hidden, first, firstOffset, second, secondOffset);

    private int Classes => secondOffset.Length;

    public static Network Fit(
        IReadOnlyList<SparseRow> rows,
        IReadOnlyList<int> classes,
        int classCount,
        int featureCount,
        NetworkOptions options,
        int seed,
        Action? epochDone,
        CancellationToken ct
    )
    {
        var random = new Random(seed);
        var net = new Network(
            options.Hidden,
            Normal(random, featureCount * options.Hidden, options.Spread),
            new float[options.Hidden],
            Normal(random, classCount * options.Hidden, MathF.Sqrt(2f / options.Hidden)),
            new float[classCount]
        );
        var training = new Training(net, featureCount, options, random);
        var order = Enumerable.Range(0, rows.Count).ToArray();
        var total = (double)options.Epochs * rows.Count;
        var done = 0;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                if ((done & 255) == 0)
                    ct.ThrowIfCancellationRequested();
                training.Step(rows[i], classes[i], options.Rate * (float)(1 - done++ / total));
            }
            epochDone?.Invoke();
        }
        // From here on the features come as they are.
        TensorPrimitives.Multiply(net.first, options.InputScale, net.first);
        return net;
    }

    /// <summary>The logits of the classes.</summary>
    public void Score(SparseRow row, Span<float> logits)
    {
        Span<float> h = hidden <= 1024 ? stackalloc float[hidden] : new float[hidden];
        firstOffset.CopyTo(h);
        for (var k = 0; k < row.Index.Length; k++)
            TensorPrimitives.MultiplyAdd(first.AsSpan(row.Index[k] * hidden, hidden), row.Value[k], h, h);
        TensorPrimitives.Max(h, 0f, h);
        for (var c = 0; c < Classes; c++)
            logits[c] = TensorPrimitives.Dot<float>(second.AsSpan(c * hidden, hidden), h) + secondOffset[c];
    }

    private static float[] Normal(Random random, int count, float spread)
    {
        var values = new float[count];
        for (var i = 0; i < count; i += 2)
        {
            var radius = spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cos);
            if (i + 1 < count)
                values[i + 1] = (float)(radius * sin);
        }
        return values;
    }

    /// <summary>The memory of a training: what the steps need and the network does not keep.</summary>
    private sealed class Training(Network net, int featureCount, NetworkOptions options, Random random)
    {
        private const float Least = 1e-8f;

        /// <summary>Gradients below it are taken as 0 or as this, by chance, so that their mean is right: most classes then cost nothing.</summary>
        private const float Small = 1e-3f;

        private readonly float[] rowSquares = new float[featureCount];
        private readonly float[] firstOffsetSquares = new float[options.Hidden];
        private readonly float[] secondSquares = new float[net.second.Length];
        private readonly float[] secondOffsetSquares = new float[net.Classes];
        private readonly float[] h = new float[options.Hidden];
        private readonly float[] mask = new float[options.Hidden];
        private readonly float[] back = new float[options.Hidden];
        private readonly float[] scratch = new float[options.Hidden];
        private readonly float[] p = new float[net.Classes];
        private int[] index = [];
        private float[] value = [];

        public void Step(SparseRow row, int target, float rate)
        {
            var shown = Drop(row);
            net.firstOffset.CopyTo(h, 0);
            for (var k = 0; k < shown; k++)
                TensorPrimitives.MultiplyAdd(net.first.AsSpan(index[k] * net.hidden, net.hidden), value[k], h, h);
            var scale = 1 / (1 - options.HiddenDropout);
            for (var j = 0; j < h.Length; j++)
                mask[j] = h[j] > 0 && random.NextSingle() >= options.HiddenDropout ? scale : 0;
            TensorPrimitives.Multiply(h, mask, h);

            for (var c = 0; c < p.Length; c++)
                p[c] = TensorPrimitives.Dot<float>(net.second.AsSpan(c * net.hidden, net.hidden), h) + net.secondOffset[c];
            TensorPrimitives.Subtract(p, TensorPrimitives.Max<float>(p), p);
            TensorPrimitives.SoftMax(p, p);
            // The gradient of the cross entropy with the smoothed target.
            TensorPrimitives.Subtract(p, options.Smoothing / p.Length, p);
            p[target] -= 1 - options.Smoothing;

            Array.Clear(back);
            for (var c = 0; c < p.Length; c++)
            {
                var g = p[c];
                if (MathF.Abs(g) < Small)
                {
                    if (random.NextSingle() * Small >= MathF.Abs(g))
                        continue;
                    g = MathF.CopySign(Small, g);
                }
                Learn(net.second.AsSpan(c * net.hidden, net.hidden), secondSquares.AsSpan(c * net.hidden, net.hidden), g, rate);
                secondOffsetSquares[c] += g * g;
                net.secondOffset[c] -= rate * g / MathF.Sqrt(secondOffsetSquares[c] + Least);
            }
            TensorPrimitives.Multiply(back, mask, back);

            back.CopyTo(scratch, 0);
            TensorPrimitives.MultiplyAdd(scratch, scratch, firstOffsetSquares, firstOffsetSquares);
            Descend(net.firstOffset, firstOffsetSquares, rate);
            var square = TensorPrimitives.SumOfSquares<float>(back) / net.hidden;
            for (var k = 0; k < shown; k++)
            {
                rowSquares[index[k]] += value[k] * value[k] * square;
                var step = -rate * value[k] / MathF.Sqrt(rowSquares[index[k]] + Least);
                var w = net.first.AsSpan(index[k] * net.hidden, net.hidden);
                TensorPrimitives.MultiplyAdd(back, step, w, w);
            }
        }

        /// <summary>
        /// What a class hands back to the hidden units, and its step, in one pass: with many classes this is where a training spends its time.
        /// </summary>
        private void Learn(Span<float> weights, Span<float> squares, float g, float rate)
        {
            var (gs, rates, least) = (new Vector<float>(g), new Vector<float>(rate), new Vector<float>(Least));
            var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
            var q = MemoryMarshal.Cast<float, Vector<float>>(squares)[..w.Length];
            var units = MemoryMarshal.Cast<float, Vector<float>>(h.AsSpan())[..w.Length];
            var handed = MemoryMarshal.Cast<float, Vector<float>>(back.AsSpan())[..w.Length];
            for (var j = 0; j < w.Length; j++)
            {
                handed[j] += w[j] * gs;
                var gradient = units[j] * gs;
                q[j] += gradient * gradient;
                w[j] -= rates * gradient / Vector.SquareRoot(q[j] + least);
            }
            for (var j = w.Length * Vector<float>.Count; j < weights.Length; j++)
            {
                back[j] += weights[j] * g;
                var gradient = h[j] * g;
                squares[j] += gradient * gradient;
                weights[j] -= rate * gradient / MathF.Sqrt(squares[j] + Least);
            }
        }

        // scratch holds the gradient and is used up.
        private void Descend(Span<float> weights, ReadOnlySpan<float> squares, float rate)
        {
            Span<float> root = stackalloc float[256];
            for (var at = 0; at < weights.Length; at += root.Length)
            {
                var n = Math.Min(root.Length, weights.Length - at);
                TensorPrimitives.Add(squares.Slice(at, n), Least, root[..n]);
                TensorPrimitives.Sqrt(root[..n], root[..n]);
                TensorPrimitives.Divide(scratch.AsSpan(at, n), root[..n], root[..n]);
                TensorPrimitives.MultiplyAdd(root[..n], -rate, weights.Slice(at, n), weights.Slice(at, n));
            }
        }

        private int Drop(SparseRow row)
        {
            if (index.Length < row.Index.Length)
                (index, value) = (new int[row.Index.Length * 2], new float[row.Index.Length * 2]);
            var (shown, scale) = (0, options.InputScale / (1 - options.InputDropout));
            for (var k = 0; k < row.Index.Length; k++)
            {
                if (random.NextSingle() < options.InputDropout)
                    continue;
                index[shown] = row.Index[k];
                value[shown++] = row.Value[k] * scale;
            }
            return shown;
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(hidden);
        Floats.Write(writer, first);
        Floats.Write(writer, firstOffset);
        Floats.Write(writer, second);
        Floats.Write(writer, secondOffset);
    }

    public static Network Read(BinaryReader reader)
    {
        var hidden = reader.ReadInt32();
        return new Network(hidden, Floats.Read(reader), Floats.Read(reader), Floats.Read(reader), Floats.Read(reader));
    }
}
