using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Rfm;

/// <param name="R">Recency score, 1 (longest ago) to 5.</param>
/// <param name="Value">Mean of frequency and monetary score, halves rounded up; 1 to 5.</param>
/// <param name="Monetary">What these customers paid in all, less refunds.</param>
internal sealed record RfmCell(int R, int Value, string Segment, string Name, long Customers, decimal Monetary);

/// <param name="Currency">Of all money; null without orders.</param>
internal sealed record RfmGrid(string? Currency, DateTimeOffset? ComputedAt, IReadOnlyList<RfmCell> Cells);

/// <summary><c>GET /api/v1/segments/rfm</c>: how many customers stand in each cell of recency by value, and what it is called.</summary>
internal static class ShowRfmGrid
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/rfm", Handle)
            .RequireScope(Scope.Read)
            .WithName("showRfmGrid")
            .WithSummary("Customers and money in each cell of recency by value.");

    internal static async Task<Ok<RfmGrid>> Handle(SegmentationDatabase db, CancellationToken ct)
    {
        var counted = (await db.QueryAsync<Row>(CellsSql, null, ct)).ToDictionary(r => (r.R, r.Value));
        var basis = await db.QuerySingleOrDefaultAsync<Basis>("select currency, computed_at from evaluations", null, ct);
        return TypedResults.Ok(
            new RfmGrid(
                basis?.Currency,
                basis?.ComputedAt,
                [
                    .. from r in new[] { 5, 4, 3, 2, 1 }
                    from value in new[] { 1, 2, 3, 4, 5 }
                    let segment = RfmSegment.Of(r, value, value)
                    let row = counted.GetValueOrDefault((r, value))
                    select new RfmCell(r, value, segment.Key, segment.Name, row?.Customers ?? 0, row?.Monetary ?? 0),
                ]
            )
        );
    }

    private sealed record Row(int R, int Value, long Customers, decimal Monetary);

    private sealed record Basis(string? Currency, DateTimeOffset ComputedAt);

    private const string CellsSql = """
        select r, (f + m + 1) / 2 as value, count(*) as customers, sum(monetary) as monetary from rfm_scores group by 1, 2
        """;
}
