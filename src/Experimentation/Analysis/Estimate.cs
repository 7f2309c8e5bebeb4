using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>An arm's mean with its uncertainty.</summary>
/// <param name="Units">Units, 2 or more.</param>
/// <param name="Mean">The mean, adjusted for the covariate where there is one.</param>
/// <param name="Variance">Variance per unit of <paramref name="Mean"/>: its standard error is √(variance / units).</param>
/// <param name="UnadjustedMean">The mean as it was seen.</param>
/// <param name="UnadjustedVariance">Variance per unit of the unadjusted mean.</param>
/// <param name="Covariance">Covariance per unit of both means.</param>
/// <param name="IsRatio">Whether the denominator varies: orders per visit, not orders per customer.</param>
public readonly record struct Estimate(
    long Units,
    double Mean,
    double Variance,
    double UnadjustedMean,
    double UnadjustedVariance,
    double Covariance,
    bool IsRatio = false
)
{
    /// <value>√(variance / units), in the metric's unit.</value>
    public double StandardError => Math.Sqrt(Variance / Units);

    /// <summary>A rate: variance p(1 − p).</summary>
    public static Estimate Of(Proportion proportion) => Plain(proportion.Trials, proportion.Rate, proportion.Rate * (1 - proportion.Rate));

    /// <summary>A mean or, where denominators were added, a ratio of means with the delta method's variance.</summary>
    public static Estimate Of(UnitMoments moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        return Plain(moments.Units, moments.Mean, moments.Variance) with { IsRatio = moments.IsRatio };
    }

    private static Estimate Plain(long units, double mean, double variance) => new(units, mean, variance, mean, variance, variance);
}

/// <summary>Regression on something known from before the experiment, which takes out the noise it explains.</summary>
/// <remarks>
/// A. Deng, Y. Xu, R. Kohavi and T. Walker, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM
/// 2013: the variance falls by the share ρ², the squared correlation of metric and covariate. The covariate must not be touched by the
/// experiment. With many units θ may be estimated on the same data.
/// </remarks>
public static class Cuped
{
    /// <summary>θ, the slope of metric on covariate, over all arms together but within each.</summary>
    /// <returns>0 where the covariate does not vary.</returns>
    public static double Theta(IEnumerable<UnitMoments> arms)
    {
        ArgumentNullException.ThrowIfNull(arms);
        var (covariance, variance) = (0.0, 0.0);
        foreach (var arm in arms)
        {
            covariance += (arm.Units - 1) * arm.CovariateCovariance;
            variance += (arm.Units - 1) * arm.CovariateVariance;
        }
        return variance > 0 ? covariance / variance : 0;
    }

    /// <summary>The arms' means as if all had the same covariate.</summary>
    /// <param name="arms">Arms of one experiment, with covariates.</param>
    public static IReadOnlyList<Estimate> Adjust(IReadOnlyList<UnitMoments> arms)
    {
        ArgumentNullException.ThrowIfNull(arms);
        var theta = Theta(arms);
        var centre = arms.Sum(arm => arm.Units * arm.CovariateMean) / arms.Sum(arm => arm.Units);
        return [.. arms.Select(arm => Adjust(arm, theta, centre))];
    }

    private static Estimate Adjust(UnitMoments arm, double theta, double centre)
    {
        var covariance = arm.Variance - theta * arm.CovariateCovariance;
        return new Estimate(
            arm.Units,
            arm.Mean - theta * (arm.CovariateMean - centre),
            arm.Variance + theta * theta * arm.CovariateVariance - 2 * theta * arm.CovariateCovariance,
            arm.Mean,
            arm.Variance,
            covariance,
            arm.IsRatio
        );
    }
}
