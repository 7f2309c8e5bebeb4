using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Kind">rule or rfm.</param>
/// <param name="UpdatedAt">When its definition or its members last changed.</param>
internal sealed record SegmentView(Guid Id, string Key, string Name, string Kind, string Description, long Size, DateTimeOffset UpdatedAt);

/// <summary>All segments, empty ones too; with <c>customer=</c> only those that the customer belongs to.</summary>
internal static class ListSegments
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments, Handle)
            .RequireScope(Scope.Read)
            .WithName("listSegments")
            .WithSummary("Segments, or one customer's segments.");

    internal static async Task<Results<Ok<Page<SegmentView>>, ProblemHttpResult>> Handle(
        string? customer,
        int? limit,
        string? cursor,
        SegmentationDatabase db,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, 1, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        Guid? customerId = null;
        if (customer is not null)
        {
            if (!Guid.TryParse(customer, out var id))
                return Problem.Invalid(new FieldError("customer", "Must be a customer's id, a UUID."));
            customerId = id;
        }

        var rows = await db.QueryAsync<SegmentView>(
            Sql,
            new
            {
                customerId,
                After = after?[0],
                Take = take + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, take, segment => Cursor.Encode(segment.Key)));
    }

    private const string Sql = """
        select s.id, s.key, s.name, s.kind, s.description,
               coalesce(sizes.size, 0) as size, s.updated_at
        from segments s
        left join (select segment_id, count(*) as size from memberships group by segment_id) sizes on sizes.segment_id = s.id
        where not s.deleting and (@After::text is null or s.key > @After)
          and (@customerId::uuid is null or exists (
              select from memberships m
              where m.segment_id = s.id
                and m.customer_id = coalesce((select root_id from merges where from_id = @customerId), @customerId)))
        order by s.key
        limit @Take
        """;
}
