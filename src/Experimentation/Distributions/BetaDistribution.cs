namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>
/// The beta distribution of a rate x, worked with on the logit scale t = ln(x / (1 − x)): there the density is smooth and both tails
/// decay exponentially for every pair of parameters, while on 0 to 1 it has poles for parameters below 1.
/// </summary>
public static class BetaDistribution
{
    /// <summary>One draw of ln(x / (1 − x)): the difference of two log-gamma draws.</summary>
    /// <param name="alpha">Above 0 and finite.</param>
    /// <param name="beta">Above 0 and finite.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive and finite.</exception>
    public static double SampleLogit(double alpha, double beta, Random random) =>
        GammaDistribution.SampleLog(alpha, random) - GammaDistribution.SampleLog(beta, random);

    /// <summary>One draw of x, 0 to 1.</summary>
    /// <inheritdoc cref="SampleLogit"/>
    public static double Sample(double alpha, double beta, Random random) => 1 / (1 + Math.Exp(-SampleLogit(alpha, beta, random)));

    /// <summary>Density of the logit at <paramref name="logit"/>.</summary>
    /// <param name="alpha">Above 0.</param>
    /// <param name="beta">Above 0.</param>
    /// <param name="logit">Any finite number.</param>
    internal static double LogitDensity(double alpha, double beta, double logit) =>
        Math.Exp(LogPower(alpha, beta, logit) - LogBeta(alpha, beta));

    /// <summary>Probability that the rate is at most 1 / (1 + e^−logit): the regularised incomplete beta function.</summary>
    /// <param name="alpha">Above 0.</param>
    /// <param name="beta">Above 0.</param>
    /// <param name="logit">Any number; infinities are the ends.</param>
    /// <remarks>
    /// Continued fraction DLMF 8.17.22 by Lentz's method, on the side of the mean where it converges within O(√max(α, β)) terms; absolute
    /// error below 1e-10 up to parameters of a million.
    /// </remarks>
    public static double CumulativeOfLogit(double alpha, double beta, double logit)
    {
        if (double.IsNegativeInfinity(logit))
            return 0;
        if (double.IsPositiveInfinity(logit))
            return 1;
        var x = 1 / (1 + Math.Exp(-logit));
        var front = Math.Exp(LogPower(alpha, beta, logit) - LogBeta(alpha, beta));
        if (front == 0)
            return x > alpha / (alpha + beta) ? 1 : 0;
        return x < (alpha + 1) / (alpha + beta + 2)
            ? Math.Min(1, front * Fraction(alpha, beta, x) / alpha)
            : Math.Max(0, 1 - front * Fraction(beta, alpha, 1 / (1 + Math.Exp(logit))) / beta);
    }

    // α ln x + β ln(1 − x) without forming x, which rounds to 0 or 1 in the tails.
    private static double LogPower(double alpha, double beta, double logit) => -alpha * SoftPlus(-logit) - beta * SoftPlus(logit);

    // ln(1 + e^t). Of 1 + small the digits that were rounded away are put back: parameters of millions multiply them.
    private static double SoftPlus(double t) => t > 0 ? t + LogOnePlus(Math.Exp(-t)) : LogOnePlus(Math.Exp(t));

    private static double LogOnePlus(double small)
    {
        var sum = 1 + small;
        return sum == 1 ? small : Math.Log(sum) * (small / (sum - 1));
    }

    private static double LogBeta(double alpha, double beta) =>
        GammaDistribution.LogGamma(alpha) + GammaDistribution.LogGamma(beta) - GammaDistribution.LogGamma(alpha + beta);

    private static double Fraction(double a, double b, double x)
    {
        const double Tiny = 1e-300;
        var c = 1.0;
        var d = 1 / NotZero(1 - (a + b) * x / (a + 1));
        var h = d;
        for (var m = 1; m <= 100_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            var step = d * c;
            h *= step;
            if (Math.Abs(step - 1) < 1e-14)
                break;
        }
        return h;

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }
}
