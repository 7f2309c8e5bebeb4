using System.Globalization;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>What a test says, in one sentence for who owns the shop.</summary>
internal static class CampaignSentence
{
    public static string Of(
        string metric,
        MetricReport report,
        IReadOnlyList<ArmFigures> figures,
        string? winner,
        string? leader,
        Func<string, string, (double Lift, double Lower, double Upper)?> against,
        IReadOnlyList<GuardrailResult> guards,
        bool alarm
    )
    {
        if (figures.Count < 2)
            return figures is [{ People: > 0 } one]
                ? $"There is one variant: {Number(one.People)} people were to get it, {Number(one.Clicks)} followed a link and {Number(one.Conversions)} bought."
                : "Nobody has got it yet.";
        if (figures.All(arm => arm.People == 0))
            return "Nobody has got it yet.";
        if (alarm)
            return "Do not trust this test: its variants went to more or fewer people than they should, so something is wrong with who got what.";
        var harm = guards.FirstOrDefault(guard => guard.Harms);
        var warning = harm is null
            ? ""
            : $" Mind that {harm.Arm} makes more people {(harm.Guardrail == "complaints" ? "complain" : "unsubscribe")} than {report.Arms[0].Arm}.";
        if (winner is not null)
        {
            var rival = Best(report, winner);
            var (lift, lower, upper) = against(winner, rival)!.Value;
            return $"{winner} wins: it brings {Amount(metric, lift)} more {What(metric)} than {rival} ({Bound(metric, lower)} to {Bound(metric, upper)} more), whenever you look.{warning}";
        }
        if (leader is null)
            return $"No variant can be recommended.{warning}";
        var other = Best(report, leader);
        return against(leader, other) is var (ahead, low, high)
            ? $"No variant is clearly better yet: {leader} is {Amount(metric, Math.Abs(ahead))} {What(metric)} {(ahead < 0 ? "behind" : "ahead of")} {other}, and anything from {Bound(metric, low)} to {Bound(metric, high)} is possible; look again whenever you like.{warning}"
            : $"Too little has happened yet to compare the variants by {What(metric)}; look again whenever you like.{warning}";
    }

    private static string Best(MetricReport report, string but) =>
        report.Arms.Where(arm => arm.Arm != but).MaxBy(arm => arm.People == 0 ? double.NegativeInfinity : arm.Mean)!.Arm;

    private static string What(string metric) =>
        metric switch
        {
            CampaignWords.Clicks => "clicks by people per 100 recipients",
            CampaignWords.Conversions => "buyers per 100 recipients",
            _ => "revenue a recipient",
        };

    private static string Amount(string metric, double value) =>
        (metric == CampaignWords.Revenue ? value : 100 * value).ToString("0.00", CultureInfo.InvariantCulture);

    // Of few people an interval is wider than what a rate can be: a hundred of a hundred.
    private static string Bound(string metric, double value) =>
        Amount(metric, metric == CampaignWords.Revenue ? value : Math.Clamp(value, -1, 1));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
