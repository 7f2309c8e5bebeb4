namespace MarketingPlatform.Console.Mail;

/// <summary>As <c>GET /api/v1/messages</c> lists them.</summary>
internal sealed record MailRow(
    Guid Id,
    Guid CustomerId,
    string Automation,
    string Status,
    string? Reason,
    string? Subject,
    string? Location,
    IReadOnlyList<MailRow.Product>? Products,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt
)
{
    internal sealed record Product(string ProductId, string Name, string? Reason);
}

/// <summary>As <c>GET /api/v1/messages/{id}/rendered</c> answers.</summary>
/// <param name="Exact">Whether this is the very text that left; else it was rendered again from the ledger.</param>
internal sealed record RenderedMail(string Subject, string Html, bool Exact);

/// <summary>As <c>GET /api/v1/email/decisions</c> lists them.</summary>
internal sealed record MailDecision(Guid? MessageId, string Automation, string Decision, string? Subject, string Why, DateTimeOffset At);

/// <summary>As <c>GET /api/v1/sends</c> lists them.</summary>
internal sealed record Send(
    Guid Id,
    string Campaign,
    string Purpose,
    string Status,
    string? Reason,
    int Asked,
    bool BestTime,
    Send.Counts Progress,
    double? PerSecond,
    DateTimeOffset? LastMailLeavesAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt
)
{
    internal sealed record Counts(int Total, int Waiting, int UnderWay, int Sent, int Suppressed, int Failed, int Ambiguous, int Bounced);

    /// <summary>From 0 to 100: mails that have met their end.</summary>
    public double Percent => Progress.Total == 0 ? 100 : 100.0 * (Progress.Total - Progress.Waiting - Progress.UnderWay) / Progress.Total;

    public bool IsOpen => Status is "sending" or "paused";
}

/// <summary>As <c>GET /api/v1/sends/routes</c> lists them.</summary>
internal sealed record MailRoute(
    string Name,
    int Weight,
    DateTimeOffset? RestsUntil,
    int SentToday,
    int Waiting,
    IReadOnlyList<MailRoute.Limit> Limits
)
{
    internal sealed record Limit(int Max, double WindowSeconds, int Room, DateTimeOffset? OpensAt);
}

/// <summary>As <c>GET /api/v1/messages/suppressions</c> answers.</summary>
internal sealed record Suppressions(IReadOnlyList<Suppressions.Count> Counts, IReadOnlyList<Suppressions.One> Latest)
{
    internal sealed record Count(string Reason, int Addresses);

    internal sealed record One(string Reason, string? Evidence, DateTimeOffset At);
}

/// <summary>As <c>GET /api/v1/templates</c> lists them.</summary>
internal sealed record TemplateRow(
    string Name,
    string Kind,
    string Source,
    int Version,
    IReadOnlyList<string> Locales,
    DateTimeOffset? UpdatedAt
);

/// <summary>As <c>GET /api/v1/templates/{name}</c> answers; what the pages do not change they hand back as it came.</summary>
internal sealed record Template(string Name, string Source, int Version, System.Text.Json.Nodes.JsonObject Content)
{
    public string Kind => Word("kind") ?? "mail";

    public string Html => Word("html") ?? "";

    public string? Subject => Word("subject");

    private string? Word(string name) => Content[name]?.ToString();
}

/// <summary>As <c>POST /api/v1/templates/{name}/preview</c> answers.</summary>
internal sealed record TemplateShown(
    string Subject,
    string Html,
    string Text,
    string Locale,
    IReadOnlyList<string> MadeUp,
    IReadOnlyList<TemplateShown.Finding> Lint
)
{
    internal sealed record Finding(string Rule, string Severity, string Message);
}
