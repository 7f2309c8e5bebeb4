using MarketingPlatform.Email.Campaigns.Results;

namespace MarketingPlatform.Email.Campaigns.Simulation;

/// <param name="Campaigns">Simulated.</param>
/// <param name="Declared">In how many of them some look named a winner.</param>
/// <param name="Looks">One a day.</param>
internal sealed record SameMailReport(int Campaigns, int Declared, int Looks, int Alarms);

/// <summary>
/// Campaigns whose variants are the same mail, through the code that serves real ones: people are dealt out by <see cref="CampaignPlan"/>, what
/// they do is analysed by <see cref="CampaignAnalysis"/> every day. Whoever is named winner is so by chance.
/// </summary>
internal static class SameMailTwice
{
    /// <param name="rate">Share of people who click, and buy.</param>
    /// <param name="better">Added to it in every arm but the first; above 0 it shows how often a real difference is found.</param>
    /// <param name="days">Days on which people click, half of those left on each, and on which somebody looks.</param>
    public static SameMailReport Run(int campaigns, int people, int arms, int days, string metric, double rate, double better, int seed)
    {
        var (declared, alarms) = (0, 0);
        for (var run = 0; run < campaigns; run++)
        {
            var random = new Random(seed + run);
            var (winner, alarm) = One($"aa-{seed}-{run}", people, arms, days, metric, rate, better, random);
            declared += winner ? 1 : 0;
            alarms += alarm ? 1 : 0;
        }
        return new(campaigns, declared, days, alarms);
    }

    private static (bool Winner, bool Alarm) One(
        string name,
        int people,
        int arms,
        int days,
        string metric,
        double rate,
        double better,
        Random random
    )
    {
        var campaign = new Campaign(
            new(),
            [.. Enumerable.Range(0, arms).Select(arm => new CampaignVariant($"v{arm}"))],
            Test: new(Metric: metric),
            HoldOut: 0
        );
        var plan = CampaignPlan.Decide(
            name,
            campaign,
            [.. Enumerable.Range(0, people).Select(_ => Somebody(random))],
            [],
            0,
            0,
            "1",
            0,
            null,
            default
        );
        var keys = campaign.Keys();
        // The day of somebody's click, and what they pay then; later than the last day: never.
        var acts = plan.Select(one => ActOf(one, keys, days, rate, better, random)).ToArray();
        var (winner, alarm) = (false, false);
        for (var day = 1; day <= days && !winner; day++)
        {
            var rows = acts.Select(act => act.Day <= day ? act with { Day = 0 } : new Act(act.Arm, int.MaxValue, 0))
                .GroupBy(act => act)
                .Select(group => new UnitRow(
                    group.Key.Arm,
                    "",
                    "test",
                    group.Key.Day == 0,
                    group.Key.Day == 0,
                    group.Key.Revenue,
                    0,
                    false,
                    false,
                    group.Count()
                ));
            var report = CampaignAnalysis.Of(metric, keys, campaign.Weights(), plan.Count, rows);
            winner = report.Winner is not null;
            alarm |= report.SampleRatioAlarm;
        }
        return (winner, alarm);
    }

    private static Candidate Somebody(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var id = new Guid(bytes);
        return new(id, new(id, "a@example.com", null, null, true, null, "form", null, null), false, false, false, [], "");
    }

    private static Act ActOf(Planned one, string[] keys, int days, double rate, double better, Random random)
    {
        if (random.NextDouble() >= rate + (one.Arm == keys[0] ? 0 : better))
            return new(one.Arm!, int.MaxValue, 0);
        var day = 1;
        while (random.NextDouble() < 0.5 && day < days)
            day++;
        // Amounts of orders are skewed: a log-normal one with a median of 40.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return new(one.Arm!, day, Math.Round(40 * Math.Exp(0.6 * normal), 2));
    }

    private readonly record struct Act(string Arm, int Day, double Revenue);
}
