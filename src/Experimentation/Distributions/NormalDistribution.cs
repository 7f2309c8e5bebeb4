namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    /// <summary>The z that leaves (1 − confidence) / 2 in each tail: 1.959964 for 0.95.</summary>
    /// <param name="confidence">Strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Confidence is not strictly between 0 and 1.</exception>
    public static double TwoSidedCriticalValue(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence lies strictly between 0 and 1.");
        return -Quantile((1 - confidence) / 2);
    }

    /// <summary>The value below which a share <paramref name="p"/> of the distribution lies; relative error about 1e-16.</summary>
    /// <param name="p">Strictly between 0 and 1.</param>
    /// <remarks>M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37
    /// (1988) 477–484.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not strictly between 0 and 1.</exception>
    public static double Quantile(double p)
    {
        if (!(p > 0 && p < 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "A share lies strictly between 0 and 1.");

        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var central = 0.180625 - q * q;
            return q * Ratio(CentralNumerator, CentralDenominator, central);
        }

        var r = Math.Sqrt(-Math.Log(Math.Min(p, 1 - p)));
        var tail = r <= 5 ? Ratio(MiddleNumerator, MiddleDenominator, r - 1.6) : Ratio(FarNumerator, FarDenominator, r - 5);
        return q < 0 ? -tail : tail;
    }

    /// <summary>Density at <paramref name="z"/>.</summary>
    public static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    /// <summary>Share of the distribution below <paramref name="z"/>; relative error about 1e-14 in the lower tail too.</summary>
    /// <remarks>Near the middle the series of G. Marsaglia, Journal of Statistical Software 11 (2004) issue 4; further out Laplace's
    /// continued fraction of Mills' ratio (DLMF 7.9).</remarks>
    public static double Cumulative(double z)
    {
        if (double.IsNaN(z))
            return double.NaN;
        if (Math.Abs(z) > 3)
            return z < 0 ? Tail(-z) : 1 - Tail(z);
        var (sum, term) = (z, z);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
            sum += term *= z * z / i;
        return 0.5 + sum * Density(z);
    }

    private static double Tail(double z)
    {
        var fraction = z;
        for (var k = 120; k >= 1; k--)
            fraction = z + k / fraction;
        return double.IsPositiveInfinity(z) ? 0 : Density(z) / fraction;
    }

    /// <summary>One draw, by the polar method (Marsaglia &amp; Bray 1964).</summary>
    internal static double Sample(Random random)
    {
        while (true)
        {
            var u = 2 * random.NextDouble() - 1;
            var v = 2 * random.NextDouble() - 1;
            var square = u * u + v * v;
            if (square is > 0 and < 1)
                return u * Math.Sqrt(-2 * Math.Log(square) / square);
        }
    }

    private static double Ratio(double[] numerator, double[] denominator, double x) =>
        Polynomial(numerator, x) / Polynomial(denominator, x);

    private static double Polynomial(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }

    private static readonly double[] CentralNumerator =
    [
        3.3871328727963666080,
        133.14166789178437745,
        1971.5909503065514427,
        13731.693765509461125,
        45921.953931549871457,
        67265.770927008700853,
        33430.575583588128105,
        2509.0809287301226727,
    ];

    private static readonly double[] CentralDenominator =
    [
        1,
        42.313330701600911252,
        687.18700749205790830,
        5394.1960214247511077,
        21213.794301586595867,
        39307.895800092710610,
        28729.085735721942674,
        5226.4952788528545610,
    ];

    private static readonly double[] MiddleNumerator =
    [
        1.42343711074968357734,
        4.63033784615654529590,
        5.76949722146069140550,
        3.64784832476320460504,
        1.27045825245236838258,
        0.241780725177450611770,
        0.0227238449892691845833,
        7.74545014278341407640e-4,
    ];

    private static readonly double[] MiddleDenominator =
    [
        1,
        2.05319162663775882187,
        1.67638483018380384940,
        0.689767334985100004550,
        0.148103976427480074590,
        0.0151986665636164571966,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ];

    private static readonly double[] FarNumerator =
    [
        6.65790464350110377720,
        5.46378491116411436990,
        1.78482653991729133580,
        0.296560571828504891230,
        0.0265321895265761230930,
        0.00124266094738807843860,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ];

    private static readonly double[] FarDenominator =
    [
        1,
        0.599832206555887937690,
        0.136929880922735805310,
        0.0148753612908506148525,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ];
}
