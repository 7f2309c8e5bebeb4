using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Predictions;

/// <param name="Features">What it is made of; null where nobody said.</param>
/// <param name="Customers">Who has a score.</param>
internal sealed record PredictionView(
    string Name,
    string ModelVersion,
    IReadOnlyList<string>? Features,
    long Customers,
    decimal? Lowest,
    decimal? Highest,
    DateTimeOffset UpdatedAt
);

/// <summary><c>GET /api/v1/predictions</c>: what rules can ask for as <c>score.NAME</c>.</summary>
internal static class ListPredictions
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Predictions, Handle)
            .RequireScope(Scope.Read)
            .WithName("listPredictions")
            .WithSummary("Predictions with their model, features and range.");

    internal static async Task<Ok<Page<PredictionView>>> Handle(SegmentationDatabase db, CancellationToken ct)
    {
        var rows = await db.QueryAsync<Row>(Sql, null, ct);
        return TypedResults.Ok(
            new Page<PredictionView>(
                [
                    .. rows.Select(r => new PredictionView(
                        r.Name,
                        r.ModelVersion,
                        r.Features,
                        r.Customers,
                        r.Lowest,
                        r.Highest,
                        r.UpdatedAt
                    )),
                ],
                null
            )
        );
    }

    private sealed record Row(
        string Name,
        string ModelVersion,
        string[]? Features,
        long Customers,
        decimal? Lowest,
        decimal? Highest,
        DateTime UpdatedAt
    );

    private const string Sql = """
        select p.name, p.model_version, p.features, coalesce(s.customers, 0) as customers, s.lowest, s.highest, p.updated_at
        from predictions p
        left join (
            select name, count(*) as customers, min(value) as lowest, max(value) as highest from scores group by name
        ) s on s.name = p.name
        order by p.name
        """;
}
