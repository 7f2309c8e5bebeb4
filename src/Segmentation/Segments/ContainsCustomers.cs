using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="CustomerIds">1 to 1,000.</param>
internal sealed record ContainsRequest(IReadOnlyList<Guid>? CustomerIds);

/// <param name="Members">Those of the ids asked for that belong to the segment, in the order asked.</param>
internal sealed record ContainsAnswer(IReadOnlyList<Guid> Members);

/// <summary>Who of up to 1,000 customers belongs to a segment; ids that were merged into others count as those.</summary>
internal static class ContainsCustomers
{
    private const int Most = 1_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Segments + "/{segment}/contains", Handle)
            .RequireScope(Scope.Read)
            .WithName("segmentContains")
            .WithSummary("Which of up to 1,000 customers belong to the segment.");

    internal static async Task<Results<Ok<ContainsAnswer>, ProblemHttpResult>> Handle(
        string segment,
        ContainsRequest request,
        SegmentationDatabase db,
        CancellationToken ct
    )
    {
        if (request.CustomerIds is not { Count: > 0 and <= Most } ids)
            return Problem.Invalid(new FieldError("customerIds", $"Give 1 to {Most} ids."));
        await using var work = await db.BeginAsync(ct);
        if (await work.QuerySingleOrDefaultAsync<Guid?>(FindSql, new { segment }, ct) is not { } id)
            return ShowSegment.NotFound(segment);
        var members = (await work.QueryAsync<Guid>(MembersSql, new { id, Ids = ids.ToArray() }, ct)).ToHashSet();
        return TypedResults.Ok(new ContainsAnswer([.. ids.Where(members.Contains)]));
    }

    private const string FindSql = "select id from segments where (key = @segment or id::text = lower(@segment)) and not deleting";

    private const string MembersSql = """
        select asked.id from unnest(@Ids::uuid[]) as asked (id) left join merges g on g.from_id = asked.id
        join memberships m on m.segment_id = @id and m.customer_id = coalesce(g.root_id, asked.id)
        """;
}
