using System.Text.Json;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>A campaign as its author writes it: who gets what, when, and what is learnt from it.</summary>
/// <param name="Variants">One or more; the first is the control, with which the others are compared.</param>
/// <param name="HoldOut">Share of the audience that gets nothing, so that the campaign's effect can be measured; 0 to 0.5. Default 0.05, and
/// nobody in an audience of less than <c>Email:HoldOut:After</c>.</param>
internal sealed record Campaign(
    CampaignAudience? Audience,
    IReadOnlyList<CampaignVariant>? Variants,
    CampaignSchedule? Schedule = null,
    CampaignTest? Test = null,
    double? HoldOut = null,
    string? Description = null
);

/// <param name="Segments">Members of any of them; null or empty: all whom the shop knows.</param>
/// <param name="Exclude">Members of these do not get it.</param>
/// <param name="BestChannelOnly">Only those whom mail reaches best, as Segmentation measured it; needs <paramref name="Segments"/>.</param>
internal sealed record CampaignAudience(
    IReadOnlyList<string>? Segments = null,
    IReadOnlyList<string>? Exclude = null,
    bool BestChannelOnly = false
);

/// <summary>One version of the mail. What it leaves out is as the template says.</summary>
/// <param name="Key">Short name ("a", "short-subject").</param>
/// <param name="Weight">Relative share of the test. Default 1.</param>
/// <param name="Template">Or subject with html or text or both.</param>
/// <param name="Subject">Instead of the template's; Liquid.</param>
/// <param name="Preheader">Instead of the template's; Liquid.</param>
/// <param name="Words">Other words of the template, by name.</param>
/// <param name="Angle">price, novelty, reassurance or occasion: subject, title, intro and button from the element library.</param>
/// <param name="SenderName">Name beside the sender's address.</param>
/// <param name="CouponPool">The offer: a pool that each recipient gets a code of.</param>
/// <param name="Data">What the template sees as <c>data</c>.</param>
/// <param name="SendTime">"HH:mm" by the recipient's clock, instead of the campaign's hour.</param>
internal sealed record CampaignVariant(
    string? Key,
    double? Weight = null,
    string? Template = null,
    string? Subject = null,
    string? Preheader = null,
    string? Html = null,
    string? Text = null,
    IReadOnlyDictionary<string, string>? Words = null,
    string? Angle = null,
    string? SenderName = null,
    string? CouponPool = null,
    JsonElement? Data = null,
    string? SendTime = null
);

/// <param name="When">now (default), at, local or best.</param>
/// <param name="At">at: an instant ("2026-12-01T09:00:00Z"). local: a time by each recipient's clock ("2026-12-01T09:00"). best: from when
/// on each person's best hour is looked for; default now.</param>
/// <param name="PerMinute">Throttle of the whole campaign. Default none.</param>
internal sealed record CampaignSchedule(string? When = null, string? At = null, int? PerMinute = null);

/// <summary>What the variants are compared by, and what follows from it.</summary>
/// <param name="Method">split (default): all at once. test-and-roll: some, then the better one to all others. thompson: in batches, each
/// divided as the ones before have earned.</param>
/// <param name="Metric">clicks (by people; default), conversions or revenue.</param>
/// <param name="TestShare">test-and-roll: share of the audience in the test; default the size that earns most (Feit and Berman 2019).</param>
/// <param name="DecideAfterHours">test-and-roll: hours from the last mail of the test to the decision; thompson: how old a mail is when its
/// reward counts. Default 24.</param>
/// <param name="RollOut">test-and-roll: best (default): the variant with the higher mean; clear: another than the control only where it is
/// clearly better; ask: a person decides.</param>
/// <param name="Batches">thompson: 2 to 50, default 10.</param>
/// <param name="EveryHours">thompson: hours between batches, default 24.</param>
/// <param name="WithinDays">How long after the mail an order counts; default 7.</param>
/// <param name="Segments">Effects are shown for each of these too; default those of the audience.</param>
internal sealed record CampaignTest(
    string? Method = null,
    string? Metric = null,
    double? TestShare = null,
    double? DecideAfterHours = null,
    string? RollOut = null,
    int? Batches = null,
    double? EveryHours = null,
    double? WithinDays = null,
    IReadOnlyList<string>? Segments = null
);

/// <summary>Words of the definition, and its defaults in one place.</summary>
internal static class CampaignWords
{
    public const string Now = "now";
    public const string At = "at";
    public const string Local = "local";
    public const string Best = "best";
    public static readonly string[] Whens = [Now, At, Local, Best];

    public const string Split = "split";
    public const string TestAndRoll = "test-and-roll";
    public const string Thompson = "thompson";
    public static readonly string[] Methods = [Split, TestAndRoll, Thompson];

    public const string Clicks = "clicks";
    public const string Conversions = "conversions";
    public const string Revenue = "revenue";
    public static readonly string[] Metrics = [Clicks, Conversions, Revenue];

    public const string RollBest = "best";
    public const string RollClear = "clear";
    public const string RollAsk = "ask";
    public static readonly string[] RollOuts = [RollBest, RollClear, RollAsk];

    public static string When(this Campaign campaign) => campaign.Schedule?.When ?? Now;

    public static string Method(this Campaign campaign) => campaign.Variants!.Count < 2 ? Split : campaign.Test?.Method ?? Split;

    public static string Metric(this Campaign campaign) => campaign.Test?.Metric ?? Clicks;

    public static TimeSpan DecideAfter(this Campaign campaign) => TimeSpan.FromHours(campaign.Test?.DecideAfterHours ?? 24);

    public static TimeSpan Within(this Campaign campaign) => TimeSpan.FromDays(campaign.Test?.WithinDays ?? 7);

    public static string RollOut(this Campaign campaign) => campaign.Test?.RollOut ?? RollBest;

    public static int Batches(this Campaign campaign) => campaign.Test?.Batches ?? 10;

    public static TimeSpan Every(this Campaign campaign) => TimeSpan.FromHours(campaign.Test?.EveryHours ?? 24);

    public static IReadOnlyList<string> SegmentsToReport(this Campaign campaign) =>
        campaign.Test?.Segments ?? campaign.Audience?.Segments ?? [];

    public static string[] Keys(this Campaign campaign) => [.. campaign.Variants!.Select(variant => variant.Key!)];

    public static double[] Weights(this Campaign campaign) => [.. campaign.Variants!.Select(variant => variant.Weight ?? 1)];
}
