using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>A member; the figures and scores only in RFM segments.</summary>
internal sealed record MemberView(
    Guid CustomerId,
    DateTimeOffset EnteredAt,
    int? RecencyDays,
    int? Frequency,
    decimal? Monetary,
    int? R,
    int? F,
    int? M
);

/// <summary>Who belongs to a segment, named by key or id.</summary>
internal static class ListMembers
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}/members", Handle)
            .RequireScope(Scope.Read)
            .WithName("listSegmentMembers")
            .WithSummary("Members of a segment, by key or id.");

    internal static async Task<Results<Ok<Page<MemberView>>, ProblemHttpResult>> Handle(
        string segment,
        int? limit,
        string? cursor,
        SegmentationDatabase db,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);

        var found = await db.QuerySingleOrDefaultAsync<Segment>(FindSql, new { segment }, ct);
        if (found is null)
            return Problem.NotFound("segment", $"There is no segment with the key or id '{segment}'. GET {Routes.Segments} lists them.");
        var rows = await db.QueryAsync<MemberView>(
            MembersSql,
            new
            {
                found.Id,
                Rfm = found.Kind == BuiltInSegments.RfmKind,
                after,
                Take = take + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, take, member => member.CustomerId));
    }

    private sealed record Segment(Guid Id, string Kind);

    private const string FindSql = "select id, kind from segments where (key = @segment or id::text = lower(@segment)) and not deleting";

    private const string MembersSql = """
        select m.customer_id, m.entered_at, e.newest_order_on - s.last_order_on as recency_days, s.frequency, s.monetary, s.r, s.f, s.m
        from memberships m
        left join rfm_scores s on @Rfm and s.customer_id = m.customer_id
        left join evaluations e on @Rfm
        where m.segment_id = @Id and (@after::uuid is null or m.customer_id > @after)
        order by m.customer_id
        limit @Take
        """;
}
