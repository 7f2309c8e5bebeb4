using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <param name="Status"><c>running</c>, <c>decided</c> (one creative is left in every segment) or <c>stopped</c>.</param>
/// <param name="Arms">How each creative stands in each segment, by the newest decision.</param>
internal sealed record CreativeTestView(
    Guid Id,
    string Name,
    string Channel,
    string? Campaign,
    string? AdSet,
    string Metric,
    string Method,
    IReadOnlyList<string> Creatives,
    double MinimumShare,
    double HalfLifeDays,
    DateOnly StartsOn,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StoppedAt,
    DateTimeOffset? DecidedAt,
    IReadOnlyList<CreativeArm> Arms
)
{
    public static CreativeTestView Of(CreativeTest test, IReadOnlyList<CreativeArm> arms, DateTimeOffset? decidedAt) =>
        new(
            test.Id,
            test.Name,
            test.Channel,
            test.Campaign is "" ? null : test.Campaign,
            test.AdSet is "" ? null : test.AdSet,
            test.Metric,
            test.Method,
            test.Creatives,
            test.MinimumShare,
            test.HalfLifeDays,
            test.StartsOn,
            test.StoppedAt is not null ? "stopped"
                : arms.Count > 0 && arms.GroupBy(a => a.Segment).All(s => s.Count(a => a.Status == CreativeArm.Active) == 1) ? "decided"
                : "running",
            test.CreatedAt,
            test.StoppedAt,
            decidedAt,
            arms
        );
}

/// <param name="Cause">created, performance, resumed.</param>
internal sealed record CreativeDecisionView(
    Guid Id,
    string Cause,
    DateTimeOffset DecidedAt,
    string? TraceId,
    IReadOnlyList<CreativeArm> Arms
);

/// <summary>
/// <c>GET /api/v1/ads/creative-tests</c> and <c>…/{id}</c>: tests as they stand; <c>…/{id}/decisions</c>: what was decided when, with
/// shares and reasons. Newest first.
/// </summary>
internal static class ListCreativeTests
{
    private const string Path = Routes.Ads + "/creative-tests";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, List)
            .RequireScope(Scope.Read)
            .WithName("listCreativeTests")
            .WithSummary("Creative tests as they stand, newest first.");
        root.MapGet(Path + "/{id:guid}", Get)
            .RequireScope(Scope.Read)
            .WithName("getCreativeTest")
            .WithSummary("A creative test as it stands.");
        root.MapGet(Path + "/{id:guid}/decisions", Decisions)
            .RequireScope(Scope.Read)
            .WithName("listCreativeDecisions")
            .WithSummary("What was decided about a test's creatives, with shares and reasons, newest first.");
    }

    private static async Task<Results<Ok<Page<CreativeTestView>>, ProblemHttpResult>> List(
        int? limit,
        string? cursor,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var rows = await db.QueryAsync<CreativeTestRow>(
            $"select {CreativeStore.Columns}, {NewestSql} from creative_tests t where @before::uuid is null or id < @before order by id desc limit @Take",
            new { before, Take = take + 1 },
            ct
        );
        return TypedResults.Ok(Pages.Of([.. rows.Select(View)], take, test => test.Id));
    }

    private static async Task<Results<Ok<CreativeTestView>, ProblemHttpResult>> Get(Guid id, AdsDatabase db, CancellationToken ct)
    {
        var rows = await db.QueryAsync<CreativeTestRow>(
            $"select {CreativeStore.Columns}, {NewestSql} from creative_tests t where id = @id",
            new { id },
            ct
        );
        return rows is [var row] ? TypedResults.Ok(View(row)) : NotFound(id);
    }

    private static async Task<Results<Ok<Page<CreativeDecisionView>>, ProblemHttpResult>> Decisions(
        Guid id,
        int? limit,
        string? cursor,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var rows = await db.QueryAsync<DecisionRow>(
            DecisionsSql,
            new
            {
                id,
                before,
                Take = take + 1,
            },
            ct
        );
        if (rows.Count == 0 && before is null)
            return NotFound(id);
        var decisions = rows.Select(r => new CreativeDecisionView(r.Id, r.Cause, r.DecidedAt, r.TraceId, CreativeStore.Read(r.Arms)));
        return TypedResults.Ok(Pages.Of([.. decisions], take, decision => decision.Id));
    }

    internal static ProblemHttpResult NotFound(Guid id) =>
        Problem.NotFound("creative-test", $"There is no creative test {id}. GET {Path} lists them.");

    private static CreativeTestView View(CreativeTestRow row) =>
        CreativeTestView.Of(row.ToTest(), CreativeStore.Read(row.Arms), row.DecidedAt);

    private sealed record DecisionRow(Guid Id, string Cause, DateTimeOffset DecidedAt, string? TraceId, string Arms);

    private const string NewestSql = """
        (select arms::text from creative_decisions d where d.test_id = t.id order by d.number desc limit 1) as arms,
        (select decided_at from creative_decisions d where d.test_id = t.id order by d.number desc limit 1) as decided_at
        """;

    private const string DecisionsSql = """
        select id, cause, decided_at, trace_id, arms::text
        from creative_decisions
        where test_id = @id and (@before::uuid is null or number < (select number from creative_decisions where id = @before))
        order by number desc
        limit @Take
        """;
}
