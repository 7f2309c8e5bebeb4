using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Experimentation.Bandits;

namespace MarketingPlatform.Email.Campaigns.Running;

/// <summary>What follows from a test: which variant the others get, and how a bandit divides its next batch.</summary>
internal static class RollOut
{
    /// <summary>The least that each arm gets of a batch: without it a bandit cannot correct itself, nor its results be read later.</summary>
    private const double LeastShare = 0.05;

    /// <returns>The variant for everybody else; null: a person decides.</returns>
    public static string? Decide(string rule, ExperimentReport report) =>
        rule switch
        {
            CampaignWords.RollAsk => null,
            // Something is wrong with who got what: then nothing was learnt, and the control is what was there before.
            _ when report.SampleRatioAlarm => report.Control,
            CampaignWords.RollClear => report.Winner ?? report.Control,
            _ => report.Leader ?? report.Control,
        };

    /// <summary>Thompson's shares from rewards whose time is over: neither their successes nor their failures are counted before.</summary>
    /// <param name="seed">The same batch gets the same shares when it is reckoned again after a stop.</param>
    public static IReadOnlyList<double> Shares(string metric, IReadOnlyList<string> keys, IReadOnlyCollection<UnitRow> matured, int seed)
    {
        var arms = keys.Select(key => ArmOf(metric, matured.Where(row => row.Arm == key).ToArray(), matured)).ToArray();
        return Allocation.Thompson(arms, new Random(seed)).WithMinimum(Math.Min(LeastShare, 1.0 / keys.Count)).Shares;
    }

    private static IArm ArmOf(string metric, IReadOnlyCollection<UnitRow> rows, IReadOnlyCollection<UnitRow> all)
    {
        bool Succeeds(UnitRow row) => metric == CampaignWords.Clicks ? row.Clicked : row.Converted;
        var successes = rows.Where(Succeeds).Sum(row => row.People);
        var rate = BetaArm.Jeffreys.Observe(successes, rows.Sum(row => row.People) - successes);
        if (metric != CampaignWords.Revenue)
            return rate;
        // What a buyer of any arm spends is the first guess of what one of this arm does.
        var buyers = all.Where(row => row.Converted && row.Revenue > 0).ToArray();
        var count = buyers.Sum(row => row.People);
        if (count == 0)
            return rate;
        var mean = buyers.Sum(row => row.Revenue * row.People) / count;
        var spread = Math.Sqrt(buyers.Sum(row => (row.Revenue - mean) * (row.Revenue - mean) * row.People) / count);
        var amount = new GaussianArm(mean, spread > 0 ? spread : mean);
        foreach (var row in rows.Where(row => row.Converted && row.Revenue > 0))
            amount = amount.Observe(row.People, row.Revenue, 0);
        return new HurdleArm(rate, amount);
    }
}
