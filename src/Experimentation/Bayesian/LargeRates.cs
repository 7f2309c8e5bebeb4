using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bayesian;

/// <summary>The difference of two rates of which much is known, by Edgeworth's expansion in its cumulants, which for beta distributions are
/// known exactly.</summary>
/// <remarks>
/// Terms up to 1/n (Barndorff-Nielsen and Cox, "Asymptotic Techniques for Use in Statistics", 1989, section 4.2); what is left out is of
/// order n^−1.5 for n the least of the four parameters, below 1e-7 from <see cref="Enough"/> on.
/// </remarks>
internal static class LargeRates
{
    /// <summary>The least parameter for which the expansion is used.</summary>
    private const double Enough = 3_000;

    public static bool Fit(BetaArm control, BetaArm treatment) =>
        Math.Min(Math.Min(control.Alpha, control.Beta), Math.Min(treatment.Alpha, treatment.Beta)) >= Enough;

    public static Belief Of(BetaArm control, BetaArm treatment, double credibility)
    {
        var (a, b) = (Cumulants(control), Cumulants(treatment));
        var mean = treatment.Mean - control.Mean;
        var deviation = Math.Sqrt(a.Second + b.Second);
        var skewness = (b.Third - a.Third) / (deviation * deviation * deviation);
        var excess = (a.Fourth + b.Fourth) / Math.Pow(deviation, 4);
        var tail = (1 - credibility) / 2;
        var none = -mean / deviation;
        return new Belief(
            Math.Clamp(1 - Cumulative(none), 0, 1),
            Math.Max(0, deviation * Excess(none)),
            mean + deviation * Belief.Invert(Cumulative, tail, -10, 10),
            mean + deviation * Belief.Invert(Cumulative, 1 - tail, -10, 10)
        );

        // Hermite's polynomials of degree 2, 3 and 5.
        double Cumulative(double z)
        {
            var square = z * z;
            var correction =
                skewness / 6 * (square - 1) + excess / 24 * z * (square - 3) + skewness * skewness / 72 * z * ((square - 10) * square + 15);
            return NormalDistribution.Cumulative(z) - NormalDistribution.Density(z) * correction;
        }

        // The integral of Cumulative up to z: polynomials one degree lower.
        double Excess(double z)
        {
            var square = z * z;
            var correction = skewness / 6 * z + excess / 24 * (square - 1) + skewness * skewness / 72 * ((square - 6) * square + 3);
            return z * NormalDistribution.Cumulative(z) + NormalDistribution.Density(z) * (1 + correction);
        }
    }

    private static (double Second, double Third, double Fourth) Cumulants(BetaArm arm)
    {
        var (a, b) = (arm.Alpha, arm.Beta);
        var n = a + b;
        var variance = a * b / (n * n * (n + 1));
        var skewness = 2 * (b - a) * Math.Sqrt(n + 1) / ((n + 2) * Math.Sqrt(a * b));
        var excess = 6 * ((a - b) * (a - b) * (n + 1) - a * b * (n + 2)) / (a * b * (n + 2) * (n + 3));
        return (variance, skewness * Math.Pow(variance, 1.5), excess * variance * variance);
    }
}
