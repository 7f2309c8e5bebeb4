using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bayesian;

/// <summary>Revenue of which most units bring none: whether a unit buys, and for how much, are believed apart.</summary>
/// <param name="Rate">Belief about the share of buyers.</param>
/// <param name="Value">Mean of a buyer's value.</param>
/// <param name="ValueVariance">Variance of the belief about that mean.</param>
public readonly record struct HurdleArm(BetaArm Rate, double Value, double ValueVariance)
{
    /// <summary>Fewest buyers for which the belief about their mean has a variance.</summary>
    public const long FewestBuyers = 4;

    /// <summary>An arm as it was seen, with a uniform prior on the rate and a flat one on the mean.</summary>
    /// <param name="moments">An arm with at least <see cref="FewestBuyers"/> units whose value is not 0.</param>
    /// <exception cref="ArgumentException">Fewer buyers.</exception>
    public static HurdleArm Of(UnitMoments moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        if (moments.Active < FewestBuyers)
            throw new ArgumentException($"At least {FewestBuyers} units need a value that is not 0.", nameof(moments));

        // Student's t with n − 1 degrees of freedom has (n − 1) / (n − 3) times the variance of a normal distribution.
        double buyers = moments.Active;
        var variance = moments.ActiveVariance / buyers * (buyers - 1) / (buyers - 3);
        return new HurdleArm(new BetaArm().Observe(moments.Active, moments.Units - moments.Active), moments.ActiveMean, variance);
    }
}

/// <summary>Compares revenue per unit = rate × value of a buyer.</summary>
/// <remarks>
/// The rates follow beta distributions, the means of buyers' values normal ones (central limit theorem; of buyers, not of all units). Given
/// both rates the difference is normal; over the rates the trapezoidal rule on the logit scale converges exponentially, because the
/// integrand and all its derivatives vanish at both ends: absolute error of a probability below 1e-8.
/// </remarks>
public static class HurdleBelief
{
    private const int Points = 160;

    /// <summary>Compares two arms.</summary>
    /// <param name="control">The arm to compare with.</param>
    /// <param name="treatment">The other arm.</param>
    /// <param name="credibility">Of the interval, strictly between 0 and 1.</param>
    public static Belief Of(HurdleArm control, HurdleArm treatment, double credibility = 0.95)
    {
        var (a, b) = (Nodes(control.Rate), Nodes(treatment.Rate));
        var reach = 12 * (Spread(control) + Spread(treatment));
        var centre = treatment.Rate.Mean * treatment.Value - control.Rate.Mean * control.Value;
        var tail = (1 - credibility) / 2;
        return new Belief(
            Over((mean, deviation) => NormalDistribution.Cumulative(mean / deviation)),
            Over(
                (mean, deviation) =>
                    deviation * NormalDistribution.Density(mean / deviation) - mean * NormalDistribution.Cumulative(-mean / deviation)
            ),
            Belief.Invert(Below, tail, centre - reach, centre + reach),
            Belief.Invert(Below, 1 - tail, centre - reach, centre + reach)
        );

        double Below(double difference) => Over((mean, deviation) => NormalDistribution.Cumulative((difference - mean) / deviation));

        double Over(Func<double, double, double> given)
        {
            var sum = 0.0;
            foreach (var (x, weight) in a)
            foreach (var (y, other) in b)
            {
                var mean = y * treatment.Value - x * control.Value;
                var variance = y * y * treatment.ValueVariance + x * x * control.ValueVariance;
                sum += weight * other * given(mean, Math.Sqrt(Math.Max(variance, 1e-300)));
            }
            return sum;
        }
    }

    private static double Spread(HurdleArm arm)
    {
        var total = arm.Rate.Alpha + arm.Rate.Beta;
        var rateVariance = arm.Rate.Mean * (1 - arm.Rate.Mean) / (total + 1);
        return Math.Sqrt(rateVariance * arm.Value * arm.Value + arm.Rate.Mean * arm.Rate.Mean * arm.ValueVariance);
    }

    private static (double Rate, double Weight)[] Nodes(BetaArm arm)
    {
        var mode = Math.Log(arm.Alpha / arm.Beta);
        var width = Math.Sqrt(1 / arm.Alpha + 1 / arm.Beta);
        var (low, high) = (mode, mode);
        while (BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, low) * width > 1e-16)
            low -= width;
        while (BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, high) * width > 1e-16)
            high += width;
        var step = (high - low) / (Points - 1);
        var nodes = new (double Rate, double Weight)[Points];
        for (var i = 0; i < Points; i++)
        {
            var logit = low + i * step;
            nodes[i] = (1 / (1 + Math.Exp(-logit)), BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, logit));
        }

        // The weights sum to 1 but for rounding in the density's constant, which grows with the parameters.
        var total = nodes.Sum(node => node.Weight);
        return [.. nodes.Select(node => (node.Rate, node.Weight / total))];
    }
}
