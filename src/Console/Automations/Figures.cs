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
internal sealed record AutomationDetail(
    Automation Summary,
    string Yaml,
    IReadOnlyList<AutomationStep> Steps,
    IReadOnlyList<WordLine> Words
);

/// <summary>What a file says, line by line. Depth 0: its rules; steps from 1 on, those of a branch deeper.</summary>
internal sealed record WordLine(int Depth, string? Step, string Text);

/// <summary>As <c>GET /api/v1/automations/{name}/versions</c> lists them.</summary>
internal sealed record AutomationVersion(int Version, string Source, DateTimeOffset At);

/// <summary>As <c>POST /api/v1/automations/{name}/plan</c> answers.</summary>
/// <param name="Version">The one that would be replaced; 0: there is none.</param>
internal sealed record AutomationPlan(
    string Name,
    int Version,
    IReadOnlyList<AutomationPlan.Problem> Problems,
    IReadOnlyList<WordLine> Words,
    string? Status,
    bool Switches,
    IReadOnlyList<AutomationPlan.Moved>? UnderWay,
    AutomationPlan.Change? Difference,
    int TriedCustomers,
    int TriedDays,
    IReadOnlyList<AutomationPlan.Problem>? Warnings,
    AutomationPlan.Forecast? Audience,
    IReadOnlyList<ExperimentForecast>? Experiments
)
{
    internal sealed record Problem(int Line, string Key, string Message);

    internal sealed record Forecast(int? Customers, string Sentence, IReadOnlyList<string> Notes);

    internal sealed record Moved(string Step, string? GoesTo, long People, long AtOnce);

    internal sealed record Counted(int Before, int After);

    internal sealed record Said(string What, string? Before, string? After);

    internal sealed record Change(
        bool IsNew,
        IReadOnlyList<string> StepsAdded,
        IReadOnlyList<string> StepsRemoved,
        IReadOnlyList<Said> Changed,
        Counted? CustomersEntering,
        Counted? MailsSent,
        IReadOnlyDictionary<string, Counted>? MailsByStep,
        int? Gaining,
        int? Losing
    );
}

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
    string Currency,
    ExperimentForecast? Forecast
);

/// <summary>What difference an experiment can find after some weeks, as the plan and the experiments' report tell it.</summary>
internal sealed record ExperimentForecast(
    string Experiment,
    string Metric,
    double? PeoplePerWeek,
    string Sentence,
    IReadOnlyList<ExperimentForecast.Detectable> After
)
{
    internal sealed record Detectable(int Weeks, int PerArm, double? Effect);
}

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
