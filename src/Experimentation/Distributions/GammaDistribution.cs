namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>The gamma distribution with scale 1.</summary>
public static class GammaDistribution
{
    /// <summary>The natural logarithm of one draw. In logarithms because small shapes draw numbers below the smallest double.</summary>
    /// <param name="shape">Above 0 and finite; also the mean.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <remarks>
    /// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM Transactions on Mathematical Software 26 (2000)
    /// 363–372; below shape 1 its section 6: a draw of shape + 1 times U^(1/shape).
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Shape is not positive and finite.</exception>
    public static double SampleLog(double shape, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!(shape > 0 && double.IsFinite(shape)))
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "Shape is positive and finite.");
        if (shape < 1)
            return SampleLog(shape + 1, random) + Math.Log(1 - random.NextDouble()) / shape;

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NormalDistribution.Sample(random);
            var root = 1 + c * x;
            if (root <= 0)
                continue;
            var v = root * root * root;
            var u = 1 - random.NextDouble();
            if (u < 1 - 0.0331 * x * x * x * x || Math.Log(u) < 0.5 * x * x + d * (1 - v + Math.Log(v)))
                return Math.Log(d) + Math.Log(v);
        }
    }

    /// <summary>ln Γ(x) for x above 0; relative error about 1e-15.</summary>
    /// <remarks>C. Lanczos, SIAM Journal on Numerical Analysis B 1 (1964) 86–96, with g = 7 and nine terms.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not positive.</exception>
    public static double LogGamma(double x)
    {
        if (!(x > 0))
            throw new ArgumentOutOfRangeException(nameof(x), x, "The argument is positive.");
        if (x < 0.5)
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);

        x -= 1;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++)
            sum += Lanczos[i] / (x + i);
        var t = x + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    private static readonly double[] Lanczos =
    [
        0.99999999999980993,
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];
}
