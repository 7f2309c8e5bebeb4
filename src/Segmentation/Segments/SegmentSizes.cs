using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Day">yyyy-MM-dd, UTC.</param>
internal sealed record SizeOfDay(string Day, long Size);

/// <summary>How large a segment was, day by day, oldest first: kept by each complete evaluation; the last one of a day counts.</summary>
internal static class SegmentSizes
{
    private const int LongestDays = 730;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}/sizes", Handle)
            .RequireScope(Scope.Read)
            .WithName("listSegmentSizes")
            .WithSummary("Size of a segment by day, oldest first; days without an evaluation are left out.");

    /// <summary>Writes down the sizes of today, in the transaction that changed the members.</summary>
    public static Task KeepAsync(UnitOfWork work, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            insert into segment_sizes (segment_id, day, size)
            select s.id, @Day, coalesce(m.size, 0)
            from segments s
            left join (select segment_id, count(*) as size from memberships group by segment_id) m on m.segment_id = s.id
            on conflict (segment_id, day) do update set size = excluded.size where segment_sizes.size <> excluded.size
            """,
            new { Day = DateOnly.FromDateTime(now.UtcDateTime) },
            ct
        );

    internal static async Task<Results<Ok<SizesView>, ProblemHttpResult>> Handle(
        string segment,
        int? days,
        SegmentationDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (days is < 1 or > LongestDays)
            return Problem.Invalid(new FieldError("days", $"Give a whole number from 1 to {LongestDays}."));
        var id = await db.QuerySingleOrDefaultAsync<Guid?>(
            "select id from segments where key = @segment or id::text = lower(@segment)",
            new { segment },
            ct
        );
        if (id is null)
            return Problem.NotFound("segment", $"There is no segment with the key or id '{segment}'. GET {Routes.Segments} lists them.");
        var rows = await db.QueryAsync<Row>(
            "select day, size from segment_sizes where segment_id = @id and day > @since order by day",
            new { id, since = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-(days ?? 90)) },
            ct
        );
        return TypedResults.Ok(
            new SizesView([.. rows.Select(row => new SizeOfDay(row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), row.Size))])
        );
    }

    internal sealed record SizesView(IReadOnlyList<SizeOfDay> Days);

    private sealed record Row(DateOnly Day, long Size);
}
