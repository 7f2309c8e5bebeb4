using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Segments;

/// <summary>An effect in one segment after what all segments together say was taken into account.</summary>
/// <param name="Effect">Posterior mean.</param>
/// <param name="Lower">Lower end of the credible interval.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Weight">How much the segment's own data count, 0 (all from the whole) to 1 (all its own).</param>
public readonly record struct SegmentEffect(double Effect, double Lower, double Upper, double Weight);

/// <summary>What segments have in common.</summary>
/// <param name="Common">Mean effect over segments.</param>
/// <param name="Deviation">Posterior mean of τ, the standard deviation of true effects between segments.</param>
/// <param name="Segments">In the order given.</param>
public sealed record ShrunkenEffects(double Common, double Deviation, IReadOnlyList<SegmentEffect> Segments);

/// <summary>Effects of segments drawn towards their common mean, by as much as their noise deserves: the surest cure for the "it works
/// wonders for left-handed Belgians" that a look at many small groups always finds.</summary>
/// <remarks>
/// The normal hierarchical model of D. B. Rubin, "Estimation in parallel randomized experiments", Journal of Educational Statistics 6 (1981)
/// 377–401 (Gelman et al., Bayesian Data Analysis, section 5.4): effect_j ~ N(μ, τ²), flat prior on μ. τ is integrated out, not
/// estimated, under the uniform shrinkage prior of M. J. Daniels, Canadian Journal of Statistics 27 (1999) 567–578: s² / (s² + τ²) uniform
/// on 0 to 1 with s² the harmonic mean of the squared standard errors. That prior needs no scale from outside and is proper with two
/// segments already.
/// </remarks>
public static class SegmentShrinkage
{
    private const int Points = 200;

    /// <summary>Shrinks effects.</summary>
    /// <param name="effects">Each segment's estimated effect and its standard error, above 0.</param>
    /// <param name="credibility">Of the intervals, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentException">No segment, or a standard error that is not positive and finite.</exception>
    public static ShrunkenEffects Of(IReadOnlyList<(double Effect, double Error)> effects, double credibility = 0.95)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (effects.Count == 0)
            throw new ArgumentException("At least one segment is needed.", nameof(effects));
        if (effects.Any(one => !(one.Error > 0 && double.IsFinite(one.Error)) || !double.IsFinite(one.Effect)))
            throw new ArgumentException("An effect is finite and its standard error positive and finite.", nameof(effects));

        var scale = effects.Count / effects.Sum(one => 1 / (one.Error * one.Error));
        var grid = Enumerable.Range(0, Points).Select(i => Given(effects, scale * (1 / ((i + 0.5) / Points) - 1))).ToArray();
        var most = grid.Max(point => point.LogWeight);
        var weights = grid.Select(point => Math.Exp(point.LogWeight - most)).ToArray();
        var total = weights.Sum();
        for (var i = 0; i < Points; i++)
            weights[i] /= total;

        var tail = (1 - credibility) / 2;
        var segments = effects.Select(own => Segment(own, grid, weights, tail)).ToArray();
        return new ShrunkenEffects(Mean(point => point.Common), Mean(point => Math.Sqrt(point.Between)), segments);

        double Mean(Func<Point, double> value) => grid.Zip(weights, (point, weight) => weight * value(point)).Sum();
    }

    /// <summary>All that is known once τ² is.</summary>
    private readonly record struct Point(double Between, double Common, double CommonVariance, double LogWeight);

    private static Point Given(IReadOnlyList<(double Effect, double Error)> effects, double between)
    {
        var precision = effects.Sum(one => 1 / (one.Error * one.Error + between));
        var common = effects.Sum(one => one.Effect / (one.Error * one.Error + between)) / precision;
        var logWeight = -0.5 * Math.Log(precision);
        foreach (var (effect, error) in effects)
        {
            var variance = error * error + between;
            logWeight -= 0.5 * (Math.Log(variance) + (effect - common) * (effect - common) / variance);
        }
        return new Point(between, common, 1 / precision, logWeight);
    }

    private static SegmentEffect Segment((double Effect, double Error) own, Point[] grid, double[] weights, double tail)
    {
        var noise = own.Error * own.Error;
        var parts = grid.Select(point =>
            {
                var weight = point.Between / (noise + point.Between);
                var mean = weight * own.Effect + (1 - weight) * point.Common;
                var variance = noise * weight + (1 - weight) * (1 - weight) * point.CommonVariance;
                return (Weight: weight, Mean: mean, Deviation: Math.Sqrt(variance));
            })
            .ToArray();
        var effect = Over(part => part.Mean);
        var low = parts.Min(part => part.Mean - 12 * part.Deviation);
        var high = parts.Max(part => part.Mean + 12 * part.Deviation);
        return new SegmentEffect(effect, Quantile(tail), Quantile(1 - tail), Over(part => part.Weight));

        double Over(Func<(double Weight, double Mean, double Deviation), double> value) =>
            parts.Zip(weights, (part, weight) => weight * value(part)).Sum();

        double Quantile(double probability) =>
            Bayesian.Belief.Invert(
                value => Over(part => NormalDistribution.Cumulative((value - part.Mean) / part.Deviation)),
                probability,
                low,
                high
            );
    }
}
