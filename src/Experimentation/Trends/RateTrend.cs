using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Trends;

/// <summary>Events that were counted while something else was at a level.</summary>
/// <param name="Level">What the rate may follow: a frequency, a time; finite.</param>
/// <param name="Exposure">Trials, above 0.</param>
/// <param name="Events">0 or more.</param>
public readonly record struct CountedEvents(double Level, double Exposure, double Events);

/// <summary>How a rate of rare events follows a level: rate = <c>exp(Intercept + Slope · level)</c>.</summary>
/// <param name="Intercept">Logarithm of the rate at level 0.</param>
/// <param name="Slope">Change of the rate's logarithm a unit of the level.</param>
/// <param name="Error">Standard error of the slope.</param>
/// <param name="Dispersion">Variance of the counts by that of Poisson ones; 1 or more.</param>
/// <param name="Degrees">Counts less the two coefficients.</param>
/// <remarks>
/// Quasi-Poisson regression by iteratively reweighted least squares: P. McCullagh and J. A. Nelder, Generalized Linear Models, 2nd edition
/// (1989), sections 2.5 and 6.2; the dispersion is Pearson's X² by its degrees of freedom, never below 1.
/// </remarks>
public sealed record RateTrend(double Intercept, double Slope, double Error, double Dispersion, int Degrees)
{
    private const int Steps = 50;

    /// <summary>Fits a trend.</summary>
    /// <returns>Null where there is nothing to go by: fewer than three counts, one level only, or no event.</returns>
    /// <exception cref="ArgumentException">An exposure that is not positive, a negative count, or a number that is not finite.</exception>
    public static RateTrend? Fit(IReadOnlyList<CountedEvents> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Any(c => !(c.Exposure > 0) || !(c.Events >= 0) || !double.IsFinite(c.Level + c.Exposure + c.Events)))
            throw new ArgumentException("Levels are finite, exposures positive and counts 0 or more.", nameof(counts));
        var events = counts.Sum(c => c.Events);
        if (counts.Count < 3 || events <= 0)
            return null;
        // Around the mean level the two coefficients are nearly independent, which keeps the steps short.
        var exposure = counts.Sum(c => c.Exposure);
        var middle = counts.Sum(c => c.Level * c.Exposure) / exposure;
        var spread = counts.Max(c => Math.Abs(c.Level - middle));
        if (!(spread > 0))
            return null;
        var (at, slope) = (Math.Log(events / exposure), 0.0);
        for (var step = 0; step < Steps; step++)
        {
            var (w, wx, wxx, g, gx) = (0.0, 0.0, 0.0, 0.0, 0.0);
            foreach (var c in counts)
            {
                var x = (c.Level - middle) / spread;
                var mean = c.Exposure * Math.Exp(at + slope * x);
                w += mean;
                wx += mean * x;
                wxx += mean * x * x;
                g += c.Events - mean;
                gx += (c.Events - mean) * x;
            }
            var determinant = w * wxx - wx * wx;
            if (!(determinant > 1e-12 * w * wxx))
                return null;
            var (up, turn) = ((wxx * g - wx * gx) / determinant, (w * gx - wx * g) / determinant);
            var shorten = Math.Min(1, 2 / Math.Max(Math.Abs(up), Math.Abs(turn)));
            (at, slope) = (at + shorten * up, slope + shorten * turn);
            if (Math.Abs(up) + Math.Abs(turn) > 1e-10)
                continue;
            var pearson = counts.Sum(c =>
            {
                var mean = c.Exposure * Math.Exp(at + slope * (c.Level - middle) / spread);
                return (c.Events - mean) * (c.Events - mean) / mean;
            });
            var dispersion = Math.Max(1, pearson / (counts.Count - 2));
            var error = Math.Sqrt(dispersion * w / determinant) / spread;
            return new(at - slope * middle / spread, slope / spread, error, dispersion, counts.Count - 2);
        }
        // Events at one end only: the slope runs away.
        return null;
    }

    /// <summary>The rate at one level by the rate at another, less 1: −0.3 is a fall by 30 %.</summary>
    /// <param name="from">Level to compare with.</param>
    /// <param name="to">Level that is compared.</param>
    /// <param name="confidence">Of the interval, strictly between 0 and 1.</param>
    public Intervals.Interval Change(double from, double to, double confidence = 0.9)
    {
        var half = StudentDistribution.Quantile((1 + confidence) / 2, Degrees) * Error * Math.Abs(to - from);
        var log = Slope * (to - from);
        return new(Math.Exp(log) - 1, Math.Exp(log - half) - 1, Math.Exp(log + half) - 1);
    }
}
