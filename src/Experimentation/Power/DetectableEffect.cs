using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Experimentation.Power;

/// <summary>What an experiment that may be looked at any time can show, once all its units are in.</summary>
/// <remarks>
/// At the last look a <see cref="ConfidenceSequence"/> leaves 0 out where the difference is more than its critical value times the standard error;
/// a true effect of (critical value + z of the power) standard errors does so with the wanted power. Earlier looks only add to it, so it is
/// an upper bound of the least effect that is found. Two arms of the same size, two-sided.
/// </remarks>
public static class DetectableEffect
{
    /// <summary>Of a mean, in the metric's unit.</summary>
    /// <param name="deviation">Standard deviation of a unit, 0 or above; √(p (1 − p)) for a rate.</param>
    /// <param name="units">Units an arm, above 0.</param>
    /// <param name="power">Chance to see it, strictly between <paramref name="alpha"/> and 1.</param>
    /// <param name="alpha">Chance of a false alarm, strictly between 0 and 0.5.</param>
    /// <param name="tuning">Units of both arms at which the sequence is tightest, at least 1; null: where it is known how many come, as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument out of its range.</exception>
    public static double OfMean(double deviation, double units, double power = 0.8, double alpha = 0.05, long? tuning = null)
    {
        if (!(deviation >= 0 && double.IsFinite(deviation)))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A standard deviation is finite and not below 0.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        if (!(power > alpha && power < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power lies strictly between alpha and 1.");
        var both = Math.Max(1, (long)Math.Round(2 * units));
        var critical = new ConfidenceSequence(tuning ?? both, alpha).CriticalValue(both);
        return (critical + NormalDistribution.Quantile(power)) * deviation * Math.Sqrt(2 / units);
    }

    /// <summary>Of a rate, absolute: 0.01 is one percentage point; at most what is left to 1.</summary>
    /// <param name="baseline">The control's rate, strictly between 0 and 1.</param>
    /// <inheritdoc cref="OfMean"/>
    public static double OfRate(double baseline, double units, double power = 0.8, double alpha = 0.05, long? tuning = null)
    {
        if (!(baseline > 0 && baseline < 1))
            throw new ArgumentOutOfRangeException(nameof(baseline), baseline, "A rate lies strictly between 0 and 1.");
        return Math.Min(1 - baseline, OfMean(Math.Sqrt(baseline * (1 - baseline)), units, power, alpha, tuning));
    }
}
