namespace MarketingPlatform.Experimentation.Distributions;

/// <summary>Adaptive numerical integration.</summary>
internal static class Quadrature
{
    /// <summary>Integral of <paramref name="f"/> over the panels between consecutive breakpoints.</summary>
    /// <param name="f">Smooth between breakpoints; its peaks are near some of them.</param>
    /// <param name="breakpoints">Ascending, two or more.</param>
    /// <param name="tolerance">Absolute, over the whole range.</param>
    /// <param name="noise">Relative error of the integrand itself.</param>
    /// <remarks>
    /// Gauss–Kronrod 7/15 (Kronrod 1965; nodes as in QUADPACK's qk15). A panel whose two rules disagree by more than its share of the
    /// tolerance, and by more than the given share of itself, is halved, at most 40 times: below that share lies the noise of the integrand,
    /// such as the rounding of large logarithms, which halving would never get rid of.
    /// </remarks>
    public static double Integrate(Func<double, double> f, IReadOnlyList<double> breakpoints, double tolerance, double noise = 1e-9)
    {
        var share = tolerance / (breakpoints.Count - 1);
        var sum = 0.0;
        for (var i = 1; i < breakpoints.Count; i++)
            sum += Panel(f, breakpoints[i - 1], breakpoints[i], share, noise, depth: 40);
        return sum;
    }

    private static double Panel(Func<double, double> f, double from, double to, double tolerance, double noise, int depth)
    {
        var centre = (from + to) / 2;
        var half = (to - from) / 2;
        var middle = f(centre);
        var kronrod = middle * KronrodWeights[7];
        var gauss = middle * GaussWeights[3];
        for (var i = 0; i < 7; i++)
        {
            var pair = f(centre - half * Nodes[i]) + f(centre + half * Nodes[i]);
            kronrod += KronrodWeights[i] * pair;
            if (i % 2 == 1)
                gauss += GaussWeights[i / 2] * pair;
        }

        var apart = Math.Abs(kronrod - gauss);
        if (depth == 0 || apart * half <= tolerance || apart <= noise * Math.Abs(kronrod))
            return kronrod * half;
        return Panel(f, from, centre, tolerance / 2, noise, depth - 1) + Panel(f, centre, to, tolerance / 2, noise, depth - 1);
    }

    private static readonly double[] Nodes =
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691693013,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
    ];

    private static readonly double[] KronrodWeights =
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
        0.209482141084727828012999174891714,
    ];

    private static readonly double[] GaussWeights =
    [
        0.129484966168869693270611432679082,
        0.279705391489276667901467771423780,
        0.381830050505118944950369775488975,
        0.417959183673469387755102040816327,
    ];
}
