using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>Interval for the mean of values of which a few are large: revenue, or rewards with weights.</summary>
/// <remarks>
/// P. Hall, "On the removal of skewness by transformation", Journal of the Royal Statistical Society B 54 (1992) 221–228: the studentised
/// mean is turned into one without skewness by a cubic, and the bounds are turned back. With positive skewness both bounds lie higher than
/// mean ± z·se, which falls short above. Without skewness it is that interval.
/// </remarks>
public static class SkewedMeanInterval
{
    /// <param name="values">Independent and finite; 2 or more.</param>
    /// <param name="confidence">Two-sided, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentException">Fewer than two values.</exception>
    public static Interval Of(IReadOnlyCollection<double> values, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < 2)
            throw new ArgumentException("A spread takes at least two values.", nameof(values));
        var z = NormalDistribution.TwoSidedCriticalValue(confidence);
        double n = values.Count;
        var mean = values.Average();
        var (square, cube) = (0.0, 0.0);
        foreach (var value in values)
        {
            var distance = value - mean;
            square += distance * distance;
            cube += distance * distance * distance;
        }
        var spread = Math.Sqrt(square / (n - 1));
        if (spread == 0)
            return new Interval(mean, mean, mean);
        var skewness = cube / n / (spread * spread * spread);
        return new Interval(mean, mean - spread * Back(z / Math.Sqrt(n)), mean - spread * Back(-z / Math.Sqrt(n)));

        double Back(double x)
        {
            if (Math.Abs(skewness) < 1e-6)
                return x;
            return 3 / skewness * (Math.Cbrt(1 + skewness * (x - skewness / (6 * n))) - 1);
        }
    }
}
