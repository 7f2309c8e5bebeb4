using MarketingPlatform.Console.Campaigns;

namespace MarketingPlatform.Console.Automations;

/// <summary>As <c>GET /api/v1/automations</c> lists them.</summary>
internal sealed record Automation(
    string Name,
    string? Description,
    int Version,
    string Status,
    string Source,
    string Trigger,
    long Entered,
    long UnderWay,
    long HeldOut,
    long Goals,
    DateTimeOffset UpdatedAt
);

/// <summary>As <c>GET /api/v1/automations/{name}</c> answers.</summary>
internal sealed record AutomationDetail(Automation Summary, string Yaml, IReadOnlyList<AutomationStep> Steps);

internal sealed record AutomationStep(
    string Id,
    string Kind,
    string Label,
    IReadOnlyList<string> Next,
    long Reached,
    long Waiting,
    IReadOnlyDictionary<string, long> Results
);

/// <summary>As <c>GET /api/v1/automations/{name}/effect</c> answers.</summary>
internal sealed record AutomationEffect(
    string Sentence,
    CampaignResults.Group Treated,
    CampaignResults.Group HeldOut,
    decimal Attributed,
    CampaignResults.Range? IncrementalConversions,
    CampaignResults.Range? IncrementalRevenue,
    string Currency
);

/// <summary>As <c>GET /api/v1/automations/{name}/experiments</c> answers.</summary>
internal sealed record AutomationExperiments(IReadOnlyList<AutomationExperiment> Items);

internal sealed record AutomationExperiment(
    string Experiment,
    string Step,
    string Sentence,
    DateTimeOffset Since,
    CampaignResults.Test Report,
    string Currency
);

/// <summary>As <c>GET /api/v1/email/decisions</c> lists them.</summary>
internal sealed record Decision(
    Guid? MessageId,
    string Automation,
    [property: System.Text.Json.Serialization.JsonPropertyName("decision")] string Outcome,
    string? Subject,
    string Why,
    DateTimeOffset At,
    IReadOnlyList<Gate>? Gates
);

internal sealed record Gate(string Name, bool? Passed, string Observed, DateTimeOffset? At);
