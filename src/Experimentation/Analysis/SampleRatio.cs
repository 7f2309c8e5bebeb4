using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>Whether units fell to the arms in the shares they should have: where not, something is broken and no result can be believed.</summary>
/// <remarks>
/// A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019. An alarm is due below
/// <see cref="Alarm"/>.
/// </remarks>
public static class SampleRatio
{
    /// <summary>p-values below this are an alarm.</summary>
    public const double Alarm = 0.001;

    /// <summary>Pearson's chi-square test, for one look.</summary>
    /// <param name="units">Units of each arm; two or more arms.</param>
    /// <param name="shares">Expected share of each arm, above 0, in any scale; null: the same for all.</param>
    /// <returns>p-value, 0 to 1.</returns>
    /// <exception cref="ArgumentException">Fewer than two arms, no units, or shares that do not fit.</exception>
    public static double P(IReadOnlyList<long> units, IReadOnlyList<double>? shares = null)
    {
        var expected = Expected(units, shares);
        double total = units.Sum();
        var square = units.Zip(expected, (seen, share) => (seen - total * share) * (seen - total * share) / (total * share)).Sum();
        return ChiSquareDistribution.UpperTail(square, units.Count - 1);
    }

    /// <summary>A p-value that may be read at any time: the alarm rings by chance once in 1 / <see cref="Alarm"/> experiments, however often
    /// one looks.</summary>
    /// <inheritdoc cref="P"/>
    /// <remarks>
    /// M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022: 1 / Bayes factor of a Dirichlet
    /// mixture around the shares. This is the p-value of the present look; the least one of all looks is valid too.
    /// </remarks>
    public static double SequentialP(IReadOnlyList<long> units, IReadOnlyList<double>? shares = null)
    {
        // A prior worth a hundred units an arm: sharp enough to see one per cent amiss, loose enough to let the data speak.
        var expected = Expected(units, shares);
        var prior = expected.Select(share => 100.0 * units.Count * share).ToArray();
        var (priorTotal, total) = (prior.Sum(), units.Sum());
        var logFactor = GammaDistribution.LogGamma(priorTotal) - GammaDistribution.LogGamma(priorTotal + total);
        for (var i = 0; i < prior.Length; i++)
        {
            logFactor += GammaDistribution.LogGamma(prior[i] + units[i]) - GammaDistribution.LogGamma(prior[i]);
            logFactor -= units[i] * Math.Log(expected[i]);
        }
        return Math.Min(1, Math.Exp(-logFactor));
    }

    private static double[] Expected(IReadOnlyList<long> units, IReadOnlyList<double>? shares)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Count < 2 || units.Any(count => count < 0) || units.Sum() == 0)
            throw new ArgumentException("Two or more arms with units are needed.", nameof(units));
        shares ??= [.. Enumerable.Repeat(1.0, units.Count)];
        if (shares.Count != units.Count || shares.Any(share => !(share > 0 && double.IsFinite(share))))
            throw new ArgumentException("Each arm needs an expected share above 0.", nameof(shares));
        var sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
