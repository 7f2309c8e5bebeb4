using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Email.Campaigns;

internal static class CampaignStatus
{
    public const string Draft = "draft";
    public const string Approved = "approved";
    public const string Scheduled = "scheduled";
    public const string Sending = "sending";
    public const string Paused = "paused";
    public const string Cancelled = "cancelled";
    public const string Done = "done";
}

/// <summary>A campaign as it stands in its row.</summary>
internal sealed record CampaignRow(
    Guid Id,
    string Name,
    int Version,
    string Status,
    string Definition,
    string? Preflight,
    string? ApprovedBy,
    DateTimeOffset? ApprovedAt,
    string? Stage,
    string? Reason,
    string? Winner,
    int Planned,
    int Batch,
    DateTimeOffset? NextAt,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? DecidedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public Campaign Read() => JsonSerializer.Deserialize<Campaign>(Definition, Json.Options)!;

    public Preflight? ReadPreflight() => Preflight is null ? null : JsonSerializer.Deserialize<Preflight>(Preflight, Json.Options);
}

/// <summary>The rows of campaigns.</summary>
internal static class CampaignTable
{
    public const string Columns = """
        id, name, version, status, definition::text as definition, preflight::text as preflight, approved_by, approved_at, stage, reason, winner,
        planned, batch, next_at, launched_at, decided_at, ended_at, created_at, updated_at
        """;

    public static Task<CampaignRow?> FindAsync(EmailDatabase db, string name, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<CampaignRow>($"select {Columns} from campaigns where name = @Name", new { Name = name }, ct);

    /// <summary>Keeps others from changing it until the transaction ends.</summary>
    public static Task<CampaignRow?> LockAsync(UnitOfWork work, string name, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<CampaignRow>(
            $"select {Columns} from campaigns where name = @Name for update",
            new { Name = name },
            ct
        );

    public static ProblemHttpResult NotThere() =>
        Problem.NotFound("campaign", $"There is no campaign of this name; GET {Routes.Campaigns} lists those that are.");

    public static ProblemHttpResult Conflict(string slug, string title, string detail) =>
        Problem.Of(StatusCodes.Status409Conflict, slug, title, detail);
}
