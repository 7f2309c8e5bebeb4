using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>Interval for the ratio of two independent proportions: a group's rate by another's (disparate impact, relative risk).</summary>
/// <remarks>
/// D. Katz, J. Baptista, S. P. Azen and M. C. Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34 (1978)
/// 469–474: normal on the logarithm. Half a success and half a failure are added to each group (S. D. Walter, Biometrika 62 (1975) 371–374),
/// so that a group without success has an interval too.
/// </remarks>
public static class RatioInterval
{
    /// <param name="numerator">The group whose rate is divided.</param>
    /// <param name="denominator">The group whose rate it is divided by.</param>
    /// <param name="confidence">Two-sided, strictly between 0 and 1.</param>
    /// <returns>The ratio of the rates with half a success added, above 0, and its bounds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A default <see cref="Proportion"/> (no trial), or a confidence outside 0 to 1.</exception>
    public static Interval Of(Proportion numerator, Proportion denominator, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator.Trials, 1, nameof(numerator));
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator.Trials, 1, nameof(denominator));
        var (a, n) = (numerator.Successes + 0.5, numerator.Trials + 0.5);
        var (b, m) = (denominator.Successes + 0.5, denominator.Trials + 0.5);
        var log = Math.Log(a / n) - Math.Log(b / m);
        var error = Math.Sqrt(Math.Max(0, 1 / a - 1 / n + 1 / b - 1 / m));
        var half = NormalDistribution.TwoSidedCriticalValue(confidence) * error;
        return new Interval(Math.Exp(log), Math.Exp(log - half), Math.Exp(log + half));
    }
}
