namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>What counts of a creative in a segment: successes in so many showings.</summary>
/// <param name="Trials">Showings, as if every day had been an ordinary one.</param>
internal readonly record struct Evidence(double Trials, double Successes)
{
    public double Rate => Trials > 0 ? Successes / Trials : 0;
}

/// <summary>
/// Evidence of creatives that ran beside each other. Days differ for all of them (a weekend, a sale), and shares move, so a creative that was
/// shown most on good days would look good: each day's showings are weighed by how that day went for all. Counts that scatter more than
/// chance does count less.
/// </summary>
/// <remarks>
/// The model is rate(creative) × factor(day), Poisson, fitted by iterative proportional scaling (W. E. Deming and F. F. Stephan, Annals of
/// Mathematical Statistics 11 (1940) 427–444); the dispersion is Pearson's X² by its (creatives − 1)(days − 1) degrees of freedom, at least 1.
/// </remarks>
internal static class CreativeEvidence
{
    private const int Rounds = 30;

    /// <summary>One creative's day: showings, successes, and how much the day counts (1 is fully).</summary>
    internal readonly record struct Count(string Creative, DateOnly Date, double Trials, double Successes, double Weight);

    public static IReadOnlyDictionary<string, Evidence> Of(IReadOnlyList<Count> counts)
    {
        var used = counts.Where(c => c.Trials > 0).ToArray();
        var creatives = used.Select(c => c.Creative).Distinct().ToArray();
        var rates = creatives.ToDictionary(c => c, _ => 1.0);
        var factors = used.Select(c => c.Date).Distinct().ToDictionary(d => d, _ => 1.0);
        var byCreative = used.ToLookup(c => c.Creative);
        var byDate = used.ToLookup(c => c.Date);
        var (all, successes) = (used.Sum(c => c.Trials), used.Sum(c => c.Successes));
        // A day that only one creative had says nothing about others: it keeps the common rate.
        var compared = creatives.Length > 1 && successes > 0 ? factors.Keys.Where(d => byDate[d].Count() > 1).ToArray() : [];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var creative in creatives)
                rates[creative] =
                    (byCreative[creative].Sum(c => c.Successes) + 1e-9) / byCreative[creative].Sum(c => c.Trials * factors[c.Date]);
            foreach (var date in compared)
                factors[date] =
                    Math.Max(byDate[date].Sum(c => c.Successes), 0.1) / Math.Max(byDate[date].Sum(c => c.Trials * rates[c.Creative]), 0.1);
        }
        // On average a day is an ordinary one.
        var scale = all > 0 ? used.Sum(c => c.Trials * factors[c.Date]) / all : 1;
        var dispersion = Dispersion(used, rates, factors, (creatives.Length - 1) * (compared.Length - 1));
        return creatives.ToDictionary(
            creative => creative,
            creative => new Evidence(
                byCreative[creative].Sum(c => c.Weight * c.Trials * factors[c.Date]) / scale / dispersion,
                byCreative[creative].Sum(c => c.Weight * c.Successes) / dispersion
            )
        );
    }

    private static double Dispersion(Count[] counts, Dictionary<string, double> rates, Dictionary<DateOnly, double> factors, int degrees)
    {
        if (degrees < 5)
            return 1;
        var pearson = 0.0;
        foreach (var c in counts)
        {
            var expected = c.Trials * rates[c.Creative] * factors[c.Date];
            // Expected counts far below one say nothing about scatter.
            if (expected >= 0.5)
                pearson += (c.Successes - expected) * (c.Successes - expected) / expected;
        }
        return Math.Max(1, pearson / degrees);
    }
}
