namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>The chi-square distribution.</summary>
public static class ChiSquareDistribution
{
    /// <summary>Probability of a value of at least <paramref name="x"/>; relative error below 1e-10.</summary>
    /// <param name="x">0 or more.</param>
    /// <param name="degrees">Degrees of freedom, 1 or more.</param>
    /// <remarks>The regularised incomplete gamma function Q(degrees / 2, x / 2): series DLMF 8.7.1 below its mean, the continued fraction
    /// DLMF 8.9.2 above.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A negative value or fewer than one degree.</exception>
    public static double UpperTail(double x, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var (a, y) = (degrees / 2.0, x / 2);
        if (y == 0)
            return 1;
        var front = Math.Exp(a * Math.Log(y) - y - GammaDistribution.LogGamma(a));
        if (y < a + 1)
        {
            var (sum, term) = (1 / a, 1 / a);
            for (var k = 1; term > 1e-17 * sum; k++)
                sum += term *= y / (a + k);
            return Math.Max(0, 1 - front * sum);
        }
        var b = y + 1 - a;
        var c = 1 / 1e-300;
        var d = 1 / b;
        var fraction = d;
        for (var k = 1; k < 10_000; k++)
        {
            var step = -k * (k - a);
            b += 2;
            d = 1 / (step * d + b);
            c = b + step / c;
            fraction *= c * d;
            if (Math.Abs(c * d - 1) < 1e-15)
                break;
        }
        return front * fraction;
    }
}
