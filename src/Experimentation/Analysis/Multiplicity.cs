namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>p-values of several tests, raised so that looking at many does not make chance finds likely.</summary>
public static class Multiplicity
{
    /// <summary>Holm's step-down: the chance of even one false find stays below alpha. For a few arms or metrics that decide.</summary>
    /// <param name="p">p-values, 0 to 1.</param>
    /// <returns>Adjusted p-values in the same order.</returns>
    /// <remarks>S. Holm, Scandinavian Journal of Statistics 6 (1979) 65–70.</remarks>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Count];
        var highest = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * p[order[rank]]));
            adjusted[order[rank]] = highest;
        }
        return adjusted;
    }

    /// <summary>Benjamini and Hochberg's step-up: of all finds at alpha at most that share is expected to be false. For many metrics to
    /// look through.</summary>
    /// <param name="p">p-values, 0 to 1; independent or positively dependent.</param>
    /// <returns>Adjusted p-values in the same order.</returns>
    /// <remarks>Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289–300.</remarks>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Count];
        var lowest = 1.0;
        for (var rank = order.Length; rank >= 1; rank--)
        {
            lowest = Math.Min(lowest, p[order[rank - 1]] * order.Length / rank);
            adjusted[order[rank - 1]] = lowest;
        }
        return adjusted;
    }

    private static int[] Ascending(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        if (p.Any(value => !(value >= 0 && value <= 1)))
            throw new ArgumentException("A p-value lies between 0 and 1.", nameof(p));
        return [.. Enumerable.Range(0, p.Count).OrderBy(i => p[i])];
    }
}
