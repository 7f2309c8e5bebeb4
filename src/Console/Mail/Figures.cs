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
