using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>
/// Compares the variants of a campaign (Experimentation's <see cref="MetricAnalyser"/>, confidence sequences). A variant wins where it beats every
/// other one. Of k variants each comparison is made at 2α/k: a given variant beats a given other by chance with probability α/k at most, so
/// some variant beats all others with probability α at most, at whatever moment somebody looks.
/// </summary>
internal static class CampaignAnalysis
{
    public const double Alpha = 0.05;

    /// <summary>Fewer people who did something, in the two compared, and no winner is named: the limit theorem does not hold yet.</summary>
    public const long FewestActive = 10;

    public static double AlphaOf(int arms) => 2 * Alpha / Math.Max(2, arms);

    /// <param name="keys">Arms, the control first.</param>
    /// <param name="planned">People in the test, as it was planned.</param>
    public static ExperimentReport Of(
        string metric,
        IReadOnlyList<string> keys,
        IReadOnlyList<double> weights,
        int planned,
        IEnumerable<UnitRow> units
    )
    {
        var rows = units.Where(row => row.Arm is not null && row.Stage == "test").ToArray();
        var figures = keys.Select(key => FiguresOf(key, rows.Where(row => row.Arm == key))).ToArray();
        var plan = new ArmComparison(keys, weights, Math.Max(planned, 2), rows);
        var all = CampaignWords.Metrics.Select(name => plan.Report(name)).ToArray();
        var guards = plan.Guardrails();
        var (alarm, ratio) = plan.SampleRatio();
        var harmful = guards.Where(guard => guard.Harms).Select(guard => guard.Arm).ToHashSet();
        var leader = plan.Leader(metric, harmful);
        var winner =
            alarm || leader is null ? null
            : plan.BeatsAll(metric, leader) ? leader
            : null;
        var main = all.First(report => report.Metric == metric);
        return new(
            metric,
            keys[0],
            winner,
            leader,
            CampaignSentence.Of(metric, main, figures, winner, leader, (arm, other) => plan.Against(metric, arm, other), guards, alarm),
            alarm,
            ratio,
            figures,
            all,
            plan.Segments(metric),
            guards
        );
    }

    private static ArmFigures FiguresOf(string key, IEnumerable<UnitRow> rows)
    {
        var list = rows.ToArray();
        return new(
            key,
            list.Sum(row => row.People),
            list.Where(row => row.Clicked).Sum(row => row.People),
            list.Where(row => row.Converted).Sum(row => row.People),
            list.Sum(row => row.Revenue * row.People),
            list.Where(row => row.Unsubscribed).Sum(row => row.People),
            list.Where(row => row.Complained).Sum(row => row.People)
        );
    }

    /// <returns>What one of the people counts for.</returns>
    public static double Value(string metric, UnitRow row) =>
        metric switch
        {
            CampaignWords.Clicks => row.Clicked ? 1 : 0,
            CampaignWords.Conversions => row.Converted ? 1 : 0,
            "unsubscribes" => row.Unsubscribed ? 1 : 0,
            "complaints" => row.Complained ? 1 : 0,
            _ => row.Revenue,
        };
}
