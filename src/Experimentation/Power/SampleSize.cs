using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Power;

/// <summary>How many units an experiment with one look needs, and what a number of units can show. Two arms of the same size, two-sided.</summary>
public static class SampleSize
{
    /// <summary>Units an arm to see a rate change by <paramref name="effect"/>.</summary>
    /// <param name="baseline">The control's rate, strictly between 0 and 1.</param>
    /// <param name="effect">Treatment − control, absolute: 0.05 is five percentage points. Not 0.</param>
    /// <param name="power">Chance to see it, strictly between alpha and 1.</param>
    /// <param name="alpha">Chance of a false alarm.</param>
    /// <returns>Units an arm, not rounded.</returns>
    /// <remarks>The formula of Evan Miller's calculator (evanmiller.org/ab-testing/sample-size.html), two-proportion z test: pooled variance under
    /// no effect at the baseline, and both arms' own under the effect. .20 → .25 at 80 %: 1,030.2.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A rate, effect, power or alpha out of its range.</exception>
    public static double ForRate(double baseline, double effect, double power = 0.8, double alpha = 0.05)
    {
        var other = baseline + effect;
        if (!(baseline > 0 && baseline < 1))
            throw new ArgumentOutOfRangeException(nameof(baseline), baseline, "A rate lies strictly between 0 and 1.");
        if (effect == 0 || !(other >= 0 && other <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(effect),
                effect,
                "The effect is not 0, and baseline + effect lies between 0 and 1."
            );
        var (significance, strength) = Deviates(power, alpha);
        var none = significance * Math.Sqrt(2 * baseline * (1 - baseline));
        var some = strength * Math.Sqrt(baseline * (1 - baseline) + other * (1 - other));
        return (none + some) * (none + some) / (effect * effect);
    }

    /// <summary>Units an arm to see a mean change by <paramref name="effect"/>.</summary>
    /// <param name="deviation">Standard deviation of a unit, above 0, in the effect's unit.</param>
    /// <param name="effect">Treatment − control. Not 0.</param>
    /// <param name="power">Chance to see it, strictly between alpha and 1.</param>
    /// <param name="alpha">Chance of a false alarm.</param>
    /// <returns>Units an arm, not rounded: 2σ²(z + z)² / effect².</returns>
    /// <exception cref="ArgumentOutOfRangeException">A deviation, effect, power or alpha out of its range.</exception>
    public static double ForMean(double deviation, double effect, double power = 0.8, double alpha = 0.05)
    {
        if (!(deviation > 0 && double.IsFinite(deviation)))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A standard deviation is positive and finite.");
        if (effect == 0 || !double.IsFinite(effect))
            throw new ArgumentOutOfRangeException(nameof(effect), effect, "The effect is finite and not 0.");
        var (significance, strength) = Deviates(power, alpha);
        var scaled = (significance + strength) * deviation / effect;
        return 2 * scaled * scaled;
    }

    /// <summary>The least rise of a rate that so many units an arm show with the wanted power.</summary>
    /// <param name="baseline">The control's rate, strictly between 0 and 1.</param>
    /// <param name="units">Units an arm, above 0.</param>
    /// <param name="power">Chance to see it, strictly between alpha and 1.</param>
    /// <param name="alpha">Chance of a false alarm.</param>
    /// <returns>The effect, absolute; null where not even a rise to 1 would show.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument out of its range.</exception>
    public static double? DetectableRise(double baseline, double units, double power = 0.8, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        if (ForRate(baseline, 1 - baseline, power, alpha) > units)
            return null;
        var (low, high) = (0.0, 1 - baseline);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (ForRate(baseline, middle, power, alpha) > units)
                low = middle;
            else
                high = middle;
        }
        return high;
    }

    /// <summary>The chance that so many units an arm show a change of a rate.</summary>
    /// <param name="baseline">The control's rate, strictly between 0 and 1.</param>
    /// <param name="effect">Treatment − control, absolute.</param>
    /// <param name="units">Units an arm.</param>
    /// <param name="alpha">Chance of a false alarm.</param>
    /// <returns>0 to 1.</returns>
    public static double PowerForRate(double baseline, double effect, double units, double alpha = 0.05)
    {
        var other = baseline + effect;
        var none = NormalDistribution.TwoSidedCriticalValue(1 - alpha) * Math.Sqrt(2 * baseline * (1 - baseline));
        var some = Math.Sqrt(baseline * (1 - baseline) + other * (1 - other));
        return NormalDistribution.Cumulative((Math.Abs(effect) * Math.Sqrt(units) - none) / some);
    }

    private static (double Significance, double Strength) Deviates(double power, double alpha)
    {
        if (!(alpha > 0 && alpha < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies strictly between 0 and 1.");
        if (!(power > alpha && power < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power lies strictly between alpha and 1.");
        return (NormalDistribution.TwoSidedCriticalValue(1 - alpha), NormalDistribution.Quantile(power));
    }
}
