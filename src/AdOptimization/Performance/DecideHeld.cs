using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Performance;

/// <param name="Reason">Why it is held.</param>
internal sealed record HeldView(
    Guid Id,
    DateOnly Date,
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Spend,
    string Currency,
    long? Impressions,
    long? Clicks,
    long? Conversions,
    decimal? Value,
    string Reason,
    DateTimeOffset HeldAt
);

/// <summary>
/// <c>GET /api/v1/ads/performance/held</c> lists implausible rows; <c>POST …/held/{id}/release</c> stores one after all and publishes the
/// sum that changes, <c>POST …/held/{id}/refuse</c> throws it away, and it is not asked about again if it comes unchanged.
/// </summary>
internal static class DecideHeld
{
    private const int Most = 1_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Ads + "/performance/held", List)
            .RequireScope(Scope.Read)
            .WithName("listHeldAdPerformance")
            .WithSummary("Performance rows that are too implausible to count before somebody decides, oldest first.");
        root.MapPost(Routes.Ads + "/performance/held/{id:guid}/release", Release)
            .RequireScope(Scope.Write)
            .WithName("releaseHeldAdPerformance")
            .WithSummary("Counts a held performance row: it is right.");
        root.MapPost(Routes.Ads + "/performance/held/{id:guid}/refuse", Refuse)
            .RequireScope(Scope.Write)
            .WithName("refuseHeldAdPerformance")
            .WithSummary("Throws a held performance row away: it is wrong.");
    }

    private static async Task<Ok<Page<HeldView>>> List(AdsDatabase db, CancellationToken ct) =>
        TypedResults.Ok(new Page<HeldView>(await db.QueryAsync<HeldView>(ListSql, new { Most }, ct), null));

    private static async Task<Results<NoContent, ProblemHttpResult>> Release(
        Guid id,
        AdsDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForPerformance, null, ct);
        var row = await work.QuerySingleOrDefaultAsync<DayRow>(
            DecideSql,
            new
            {
                id,
                Outcome = "released",
                now,
            },
            ct
        );
        if (row is null)
            return NotOpen();
        var change = await RecordPerformance.StoreAsync(work, [new(0, row)], now, ct);
        if (change.Rejected is [var rejected, ..])
            return Problem.Of(409, "held-row-does-not-fit", "The row does not fit what is stored by now", rejected.Reason);
        await Parts.CountAsync(work, [row], ct);
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Refuse(
        Guid id,
        AdsDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForPerformance, null, ct);
        var row = await work.QuerySingleOrDefaultAsync<DayRow>(
            DecideSql,
            new
            {
                id,
                Outcome = "refused",
                now = clock.GetUtcNow(),
            },
            ct
        );
        if (row is null)
            return NotOpen();
        await Parts.ForgetUncountedAsync(work, [CellDayKey.Of(row)], ct);
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NotOpen() =>
        Problem.Of(
            404,
            "held-row-not-found",
            "No such row is held",
            $"It was decided already, or a later row replaced it: see GET {Routes.Ads}/performance/held."
        );

    private const string ListSql = """
        select id, date, channel, nullif(campaign, '') as campaign, nullif(segment, '') as segment, spend, currency, impressions, clicks,
            conversions, value, reason, held_at
        from held_performance
        where outcome is null
        order by id
        limit @Most
        """;

    private const string DecideSql = """
        update held_performance set outcome = @Outcome, decided_at = @now
        where id = @id and outcome is null
        returning date, channel, campaign, segment, spend, currency, impressions, clicks, conversions, value
        """;
}
