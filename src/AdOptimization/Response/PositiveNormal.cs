using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>The normal distribution cut off below 0: what is believed of an effect that cannot be negative.</summary>
internal static class PositiveNormal
{
    /// <returns>The logarithm of the probability that a standard normal variable is below <paramref name="z"/>; exact far into the tail.</returns>
    public static double LogCumulative(double z) =>
        z > -12 ? Math.Log(NormalDistribution.Cumulative(z)) : -z * z / 2 - Math.Log(-z * Math.Sqrt(2 * Math.PI)) - 1 / (z * z);

    /// <param name="deviation">Above 0.</param>
    public static double Sample(double mean, double deviation, Random random)
    {
        var cut = -mean / deviation;
        return mean + deviation * (cut < 4 ? Central(cut, random) : Tail(cut, random));
    }

    private static double Central(double cut, Random random)
    {
        var below = NormalDistribution.Cumulative(cut);
        var p = below + random.NextDouble() * (1 - below);
        return Math.Max(cut, NormalDistribution.Quantile(Math.Clamp(p, 1e-300, 1 - 1e-16)));
    }

    /// <summary>By rejection from an exponential: Robert, "Simulation of truncated normal variables", Statistics and Computing 1995.</summary>
    private static double Tail(double cut, Random random)
    {
        var rate = (cut + Math.Sqrt(cut * cut + 4)) / 2;
        while (true)
        {
            var z = cut - Math.Log(1 - random.NextDouble()) / rate;
            if (random.NextDouble() <= Math.Exp(-(z - rate) * (z - rate) / 2))
                return z;
        }
    }
}
