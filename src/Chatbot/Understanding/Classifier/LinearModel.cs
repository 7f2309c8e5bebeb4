using System.Numerics.Tensors;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>
/// One linear support vector machine a class (one against the rest, squared hinge loss, L2), by dual coordinate descent (Hsieh et al., ICML 2008).
/// The score of a class is its signed margin: below 0 it says "not mine", and where all do, the text is like nothing that was seen.
/// </summary>
internal sealed class LinearModel
{
    private const float Cost = 1;
    private const int MaxPasses = 30;
    private const float Tolerance = 0.1f;

    private readonly int classes;
    private readonly float[] weights;

    /// <param name="weights">For each feature, and last for the offset, the weight in every class.</param>
    private LinearModel(int classes, float[] weights) => (this.classes, this.weights) = (classes, weights);

    public static LinearModel Fit(
        IReadOnlyList<SparseRow> rows,
        IReadOnlyList<int> classes,
        int classCount,
        int featureCount,
        int threads,
        CancellationToken ct
    )
    {
        var lengths = rows.Select(r => r.SquaredLength + 1).ToArray();
        // A text touches few features and every class: feature by feature is the order in which it is read.
        var weights = new float[(featureCount + 1) * classCount];
        Parallel.For(
            0,
            classCount,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct },
            c =>
            {
                var one = FitOne(rows, classes, c, lengths, featureCount);
                for (var f = 0; f < one.Length; f++)
                    weights[f * classCount + c] = one[f];
            }
        );
        return new LinearModel(classCount, weights);
    }

    /// <summary>The margins of the classes.</summary>
    public void Score(SparseRow row, Span<float> margins)
    {
        weights.AsSpan(^classes..).CopyTo(margins);
        for (var k = 0; k < row.Index.Length; k++)
            TensorPrimitives.MultiplyAdd(weights.AsSpan(row.Index[k] * classes, classes), row.Value[k], margins, margins);
    }

    private static float[] FitOne(IReadOnlyList<SparseRow> rows, IReadOnlyList<int> classes, int target, float[] lengths, int featureCount)
    {
        const float Diagonal = 0.5f / Cost;
        var w = new float[featureCount + 1];
        var alpha = new float[rows.Count];
        var active = Enumerable.Range(0, rows.Count).ToArray();
        var count = active.Length;
        var random = new Random(target);
        var bound = float.PositiveInfinity;
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            random.Shuffle(active.AsSpan(0, count));
            var (highest, lowest) = (float.NegativeInfinity, float.PositiveInfinity);
            for (var s = 0; s < count; s++)
            {
                var i = active[s];
                var y = classes[i] == target ? 1f : -1f;
                var gradient = y * (rows[i].Dot(w) + w[featureCount]) - 1 + Diagonal * alpha[i];
                var projected = gradient;
                if (alpha[i] == 0)
                {
                    if (gradient > bound)
                    {
                        // Far on the right side: left out until the end.
                        (active[s], active[count - 1]) = (active[count - 1], active[s]);
                        count--;
                        s--;
                        continue;
                    }
                    projected = MathF.Min(gradient, 0);
                }
                highest = MathF.Max(highest, projected);
                lowest = MathF.Min(lowest, projected);
                if (MathF.Abs(projected) < 1e-12f)
                    continue;
                var before = alpha[i];
                alpha[i] = MathF.Max(before - gradient / (lengths[i] + Diagonal), 0);
                var step = (alpha[i] - before) * y;
                rows[i].AddTo(w, step);
                w[featureCount] += step;
            }
            if (highest - lowest <= Tolerance)
            {
                if (count == active.Length)
                    break;
                count = active.Length;
                bound = float.PositiveInfinity;
                continue;
            }
            bound = highest <= 0 ? float.PositiveInfinity : highest;
        }
        return w;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(classes);
        Floats.Write(writer, weights);
    }

    public static LinearModel Read(BinaryReader reader) => new(reader.ReadInt32(), Floats.Read(reader));
}
