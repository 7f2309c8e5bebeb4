using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>What a count of rare events allows its mean to be at most.</summary>
/// <remarks>
/// The exact upper bound is half a chi-square quantile of 2(n + 1) degrees (F. Garwood, Biometrika 28 (1936) 437–442), here by the
/// cube-root normal approximation of E. B. Wilson and M. M. Hilferty (Proceedings of the National Academy of Sciences 17 (1931) 684–688),
/// which is within 1 % of it from a count of 1 on; for 0 it is −ln(1 − confidence) exactly.
/// </remarks>
public static class PoissonBound
{
    /// <param name="count">0 or more; not whole where old counts fade.</param>
    /// <param name="confidence">One-sided, strictly between 0.5 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    public static double Upper(double count, double confidence = 0.95)
    {
        if (!(count >= 0) || !double.IsFinite(count))
            throw new ArgumentOutOfRangeException(nameof(count), count, "A count is 0 or more.");
        if (!(confidence is > 0.5 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence lies strictly between 0.5 and 1.");
        if (count == 0)
            return -Math.Log(1 - confidence);
        var z = NormalDistribution.Quantile(confidence);
        var n = count + 1;
        var root = 1 - 1 / (9 * n) + z / (3 * Math.Sqrt(n));
        return n * root * root * root;
    }
}
