using System.Numerics.Tensors;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>An example with what members that had not seen it think of it.</summary>
/// <param name="Target">Its class.</param>
internal sealed record Judged(int Target, Scores Scores);

/// <summary>
/// Makes one probability of what the members say: p ∝ exp((networks + Linear · margins + Encoder · margins of the encoder) / Temperature). All
/// are chosen by least log loss on examples that the members have not seen (temperature scaling: Guo et al., ICML 2017).
/// </summary>
/// <param name="Temperature">Above 1 the members were too sure of themselves, below 1 too shy.</param>
internal sealed record Blend(double Temperature, double Linear, double Encoder)
{
    private static readonly double[] Shares = [0, 0.5, 1, 2, 4, 8, 16];

    public static Blend Fit(IReadOnlyList<Judged> judged)
    {
        var encoders = judged.Count > 0 && judged[0].Scores.Encoded is not null ? Shares : [0];
        // From 1/8 to 32, first in halves of an octave, then in sixteenths around the best.
        var best = (
            from linear in Shares
            from encoder in encoders
            from step in Enumerable.Range(-6, 17)
            select new Blend(Math.Pow(2, step / 2.0), linear, encoder)
        ).MinBy(b => b.Loss(judged))!;
        return Enumerable
            .Range(-8, 17)
            .Select(step => best with { Temperature = best.Temperature * Math.Pow(2, step / 16.0) })
            .MinBy(b => b.Loss(judged))!;
    }

    /// <summary>The probability of each class.</summary>
    public float[] Probabilities(Scores scores)
    {
        var p = new float[scores.Networks.Length];
        TensorPrimitives.MultiplyAdd(scores.Linear, (float)Linear, scores.Networks, p);
        if (scores.Encoded is { } encoded)
            TensorPrimitives.MultiplyAdd(encoded, (float)Encoder, p, p);
        TensorPrimitives.Divide(p, (float)Temperature, p);
        // SoftMax does not guard against overflow by itself.
        TensorPrimitives.Subtract(p, TensorPrimitives.Max<float>(p), p);
        TensorPrimitives.SoftMax(p, p);
        return p;
    }

    /// <summary>
    /// Log loss against targets of 1 − 1/(n + 2) instead of 1 (Platt 1999): where the members are right about all of a few examples, that many are no
    /// ground to be surer.
    /// </summary>
    private double Loss(IReadOnlyList<Judged> judged)
    {
        var doubt = 1.0 / (judged.Count + 2);
        var loss = 0.0;
        foreach (var (target, scores) in judged)
        {
            var p = Probabilities(scores);
            TensorPrimitives.Max(p, 1e-9f, p);
            TensorPrimitives.Log(p, p);
            var others = p.Length > 1 ? (TensorPrimitives.Sum<float>(p) - p[target]) / (p.Length - 1) : 0;
            loss -= (1 - doubt) * p[target] + doubt * others;
        }
        return loss;
    }
}
