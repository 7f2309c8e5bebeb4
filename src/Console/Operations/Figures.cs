using System.Text.Json.Nodes;

namespace MarketingPlatform.Console.Operations;

/// <summary>As <c>GET /api/v1/operations/{service}/messages</c> lists them.</summary>
internal sealed record ParkedMessage(
    Guid Id,
    string Consumer,
    Guid MessageId,
    string Type,
    string Body,
    string Reason,
    int Attempts,
    DateTimeOffset SentAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset FailedAt
)
{
    /// <summary>The event without its namespace.</summary>
    public string Event => Type[(Type.LastIndexOfAny(['.', ':']) + 1)..];
}

/// <summary>A list that is not paged.</summary>
internal sealed record ItemsOf<T>(IReadOnlyList<T> Items);

/// <summary>As <c>GET /api/v1/imports</c> lists them.</summary>
internal sealed record Import(
    Guid Id,
    string Kind,
    string? Name,
    string Status,
    string? Error,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    Import.LineCounts? Lines,
    long? BytesRead,
    long? BytesTotal,
    JsonObject? RejectedByReason
)
{
    internal sealed record LineCounts(long Read, long Accepted, long Rejected);

    public bool IsRunning => Status is "running" or "queued";
}

/// <summary>As <c>GET /api/v1/keys</c> lists them.</summary>
internal sealed record Key(
    Guid Id,
    string Name,
    string Scopes,
    string Hint,
    bool Seeded,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RevokedAt
);
