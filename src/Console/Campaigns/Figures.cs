using System.Text.Json.Serialization;

namespace MarketingPlatform.Console.Campaigns;

/// <summary>As <c>GET /api/v1/campaigns[/{name}]</c> answers.</summary>
internal sealed record Campaign(
    string Name,
    int Version,
    string Status,
    string? Stage,
    string? Reason,
    string? Winner,
    CampaignDefinition Definition,
    CampaignPreflight? Preflight,
    string? ApprovedBy,
    DateTimeOffset? ApprovedAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<CampaignSend>? Sends
)
{
    public bool IsPrepared => Status is "draft" or "approved";

    public bool IsOpen => Status is "scheduled" or "sending" or "paused";
}

internal sealed record CampaignDefinition(
    CampaignDefinition.Who? Audience,
    IReadOnlyList<CampaignDefinition.Variant> Variants,
    CampaignDefinition.Timing? Schedule,
    CampaignDefinition.Comparison? Test,
    double? HoldOut,
    string? Description
)
{
    internal sealed record Who(IReadOnlyList<string>? Segments, IReadOnlyList<string>? Exclude);

    internal sealed record Variant(string Key, string? Template, string? Subject, string? Preheader, string? SenderName, string? Angle);

    internal sealed record Timing(string? When, string? At, int? PerMinute);

    internal sealed record Comparison(string? Method, string? Metric);
}

internal sealed record CampaignSend(string Arm, string Stage, Mail.Send Send);

/// <summary>As <c>POST /api/v1/campaigns/{name}/preflight</c> counted.</summary>
internal sealed record CampaignPreflight(
    DateTimeOffset At,
    int Audience,
    int Receives,
    int InTest,
    int HeldOut,
    IReadOnlyList<CampaignReason> Without,
    IReadOnlyList<CampaignPreflight.Variant> Variants,
    CampaignPreflight.Least? Detectable,
    DateTimeOffset StartsAt,
    double? MinutesAtLeast,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings
)
{
    internal sealed record Variant(string Key, int People, string? Subject);

    internal sealed record Least(string Sentence);
}

internal sealed record CampaignReason(string Reason, string Words, int People, IReadOnlyList<Guid> Examples);

/// <summary>As <c>GET /api/v1/campaigns/{name}/results</c> answers.</summary>
internal sealed record CampaignResults(
    string Sentence,
    string EffectSentence,
    CampaignResults.Test Experiment,
    CampaignResults.HoldOut Effect,
    CampaignResults.Credit Attributed,
    IReadOnlyList<CampaignReason> Without,
    string Currency
)
{
    internal sealed record Test(
        string Metric,
        string Control,
        string? Winner,
        bool SampleRatioAlarm,
        IReadOnlyList<Arm> Arms,
        IReadOnlyList<Metric> Metrics,
        IReadOnlyList<Segment> Segments,
        IReadOnlyList<Guardrail> Guardrails
    );

    internal sealed record Arm(
        [property: JsonPropertyName("arm")] string Name,
        long People,
        long Clicks,
        long Conversions,
        double Revenue,
        long Unsubscribed,
        long Complaints
    );

    internal sealed record Metric(
        [property: JsonPropertyName("metric")] string Name,
        bool Cuped,
        IReadOnlyList<Result> Arms,
        IReadOnlyList<string>? Notes
    );

    internal sealed record Result(string Arm, double Mean, double? Lift, double? Lower, double? Upper, double? ChanceToWin);

    internal sealed record Segment(
        [property: JsonPropertyName("segment")] string Name,
        string Arm,
        long People,
        double Lift,
        double Lower,
        double Upper
    );

    internal sealed record Guardrail(
        [property: JsonPropertyName("guardrail")] string Name,
        string Arm,
        double Rate,
        double ControlRate,
        bool Harms
    );

    internal sealed record HoldOut(Group Treated, Group HeldOut, Range? IncrementalConversions, Range? IncrementalRevenue);

    internal sealed record Group(long Customers, long Converted, decimal Revenue);

    internal sealed record Range(double Estimate, double Lower, double Upper);

    internal sealed record Credit(long Orders, decimal Revenue);
}
