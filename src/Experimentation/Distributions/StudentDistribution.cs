namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>Student's t distribution.</summary>
public static class StudentDistribution
{
    // Beyond, the expansions in 1/ν are exact to about 1e-11, and the incomplete beta function no longer is.
    private const double ManyDegrees = 20_000;

    /// <summary>Share of the distribution below <paramref name="t"/>; absolute error below 1e-10.</summary>
    /// <param name="t">Any number.</param>
    /// <param name="degrees">Degrees of freedom, above 0; infinity is the normal distribution.</param>
    /// <remarks>Incomplete beta function (DLMF 8.17); for many degrees the normal deviate of Abramowitz and Stegun 26.7.8.</remarks>
    public static double Cumulative(double t, double degrees)
    {
        if (double.IsInfinity(degrees))
            return NormalDistribution.Cumulative(t);
        if (degrees > ManyDegrees)
            return NormalDistribution.Cumulative(t * (1 - 1 / (4 * degrees)) / Math.Sqrt(1 + t * t / (2 * degrees)));
        if (t == 0)
            return 0.5;
        var tail = 0.5 * BetaDistribution.CumulativeOfLogit(degrees / 2, 0.5, Math.Log(degrees) - 2 * Math.Log(Math.Abs(t)));
        return t < 0 ? tail : 1 - tail;
    }

    /// <summary>Two-sided p-value: the share further from 0 than <paramref name="t"/>.</summary>
    /// <inheritdoc cref="Cumulative"/>
    public static double TwoSidedP(double t, double degrees) => Math.Min(1, 2 * Cumulative(-Math.Abs(t), degrees));

    /// <summary>Density at <paramref name="t"/>.</summary>
    /// <inheritdoc cref="Cumulative"/>
    public static double Density(double t, double degrees)
    {
        if (degrees > ManyDegrees)
            return NormalDistribution.Density(t) * (1 + (t * t * t * t - 2 * t * t - 1) / (4 * degrees));
        var scale = GammaDistribution.LogGamma((degrees + 1) / 2) - GammaDistribution.LogGamma(degrees / 2);
        return Math.Exp(scale - (degrees + 1) / 2 * Math.Log(1 + t * t / degrees)) / Math.Sqrt(degrees * Math.PI);
    }

    /// <summary>The value below which a share <paramref name="p"/> lies; relative error below 1e-9.</summary>
    /// <param name="p">Strictly between 0 and 1.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double Quantile(double p, double degrees)
    {
        var z = NormalDistribution.Quantile(p);
        if (p == 0.5 || double.IsInfinity(degrees))
            return z;

        // Abramowitz and Stegun 26.7.5.
        var square = z * z;
        var expansion = z + z * (square + 1) / (4 * degrees) + z * ((5 * square + 16) * square + 3) / (96 * degrees * degrees);
        if (degrees > ManyDegrees)
            return expansion;

        // By the tail, which is exact where 1 − tail is rounded.
        var tail = Math.Min(p, 1 - p);
        var (low, high) = (0.0, Math.Max(1, Math.Abs(expansion)));
        while (Cumulative(-high, degrees) > tail)
            high *= 2;
        for (var i = 0; i < 100 && high - low > 1e-13 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Cumulative(-middle, degrees) > tail)
                low = middle;
            else
                high = middle;
        }
        return p < 0.5 ? -high : high;
    }
}
