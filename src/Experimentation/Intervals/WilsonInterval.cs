using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>Score interval for one proportion, without continuity correction.</summary>
/// <remarks>
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212. It never leaves 0 to 1 and
/// has a width at 0 and at all successes, where the textbook's p ± z·se has none.
/// </remarks>
public static class WilsonInterval
{
    /// <param name="proportion">What was seen.</param>
    /// <param name="confidence">Two-sided, strictly between 0 and 1.</param>
    /// <returns>Rate and bounds, all 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A default <see cref="Proportion"/> (no trial), or a confidence outside 0 to
    /// 1.</exception>
    public static Interval Of(Proportion proportion, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(proportion.Trials, 1, nameof(proportion));
        var z = NormalDistribution.TwoSidedCriticalValue(confidence);
        double n = proportion.Trials;
        var p = proportion.Rate;
        var centre = p + z * z / (2 * n);
        var half = z * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        var scale = 1 + z * z / n;

        // At the ends the bound is exactly the end; rounding must not leave 1e-17 of it.
        var lower = proportion.Successes == 0 ? 0 : Math.Max(0, (centre - half) / scale);
        var upper = proportion.Successes == proportion.Trials ? 1 : Math.Min(1, (centre + half) / scale);
        return new Interval(p, lower, upper);
    }
}
