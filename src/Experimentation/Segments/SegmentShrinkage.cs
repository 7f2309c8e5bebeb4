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
        var (grid, weights) = Posterior(effects);
        var tail = (1 - credibility) / 2;
        var segments = effects.Select(own => Segment(own, grid, weights, tail)).ToArray();
        return new ShrunkenEffects(Mean(point => point.Common), Mean(point => Math.Sqrt(point.Between)), segments);

        double Mean(Func<Point, double> value) => grid.Zip(weights, (point, weight) => weight * value(point)).Sum();
    }

    /// <summary>The effects of <see cref="Of"/> without their intervals, which take nearly all of its time.</summary>
    /// <inheritdoc cref="Of"/>
    internal static double[] MeansOf(IReadOnlyList<(double Effect, double Error)> effects)
    {
        var (grid, weights) = Posterior(effects);
        return
        [
            .. effects.Select(own =>
                grid.Zip(weights, (point, weight) => weight * Given(own.Effect, own.Error * own.Error, point).Mean).Sum()
            ),
        ];
    }

    private static (Point[] Grid, double[] Weights) Posterior(IReadOnlyList<(double Effect, double Error)> effects)
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
        return (grid, weights);
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

    private static (double Weight, double Mean, double Variance) Given(double effect, double noise, Point point)
    {
        var weight = point.Between / (noise + point.Between);
        return (weight, weight * effect + (1 - weight) * point.Common, noise * weight + (1 - weight) * (1 - weight) * point.CommonVariance);
    }

    private static SegmentEffect Segment((double Effect, double Error) own, Point[] grid, double[] weights, double tail)
    {
        var (mean, square, weight) = (0.0, 0.0, 0.0);
        var parts = new List<(double Share, double Mean, double Deviation)>(grid.Length);
        for (var i = 0; i < grid.Length; i++)
        {
            var given = Given(own.Effect, own.Error * own.Error, grid[i]);
            mean += weights[i] * given.Mean;
            weight += weights[i] * given.Weight;
            square += weights[i] * (given.Variance + (given.Mean - own.Effect) * (given.Mean - own.Effect));
            // What is lighter moves no quantile by as much as it is computed to.
            if (weights[i] > 1e-14)
                parts.Add((weights[i], given.Mean, Math.Sqrt(given.Variance)));
        }
        var deviation = Math.Sqrt(Math.Max(square - (mean - own.Effect) * (mean - own.Effect), 0));
        return new SegmentEffect(mean, Quantile(parts, tail, mean, deviation), Quantile(parts, 1 - tail, mean, deviation), weight);
    }

    /// <summary>Of a mixture of normal distributions, by Newton's method from the normal distribution of the same mean and deviation, with
    /// halvings where it leaves what is known to hold the value.</summary>
    private static double Quantile(
        List<(double Share, double Mean, double Deviation)> parts,
        double probability,
        double mean,
        double deviation
    )
    {
        var at = mean + NormalDistribution.Quantile(probability) * deviation;
        var (low, high) = (parts.Min(part => part.Mean - 12 * part.Deviation), parts.Max(part => part.Mean + 12 * part.Deviation));
        for (var i = 0; i < 100; i++)
        {
            var (off, density) = (-probability, 0.0);
            foreach (var part in parts)
            {
                var z = (at - part.Mean) / part.Deviation;
                off += part.Share * NormalDistribution.Cumulative(z);
                density += part.Share / part.Deviation * NormalDistribution.Density(z);
            }
            if (Math.Abs(off) < 1e-10)
                break;
            (low, high) = off < 0 ? (at, high) : (low, at);
            var next = at - off / density;
            at = next > low && next < high ? next : (low + high) / 2;
        }
        return at;
    }
}
