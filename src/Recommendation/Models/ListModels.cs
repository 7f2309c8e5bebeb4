using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A trained model with what it learnt from, how good it is and why it serves or not.</summary>
/// <param name="Orders">0 for a model of visits.</param>
/// <param name="Customers">0 for a model of visits.</param>
/// <param name="Purpose">taste, next-basket or session; one of each serves.</param>
/// <param name="Visits">0 but for a model of visits.</param>
/// <param name="PromotedAt">When it last began to serve; null: never. Rolling back goes to the newest of those that do not serve.</param>
internal sealed record ModelView(
    string Version,
    DateTimeOffset TrainedAt,
    DateTimeOffset WindowFrom,
    DateTimeOffset WindowTo,
    int Orders,
    int Customers,
    int Products,
    JsonElement Parameters,
    JsonElement Metrics,
    string Verdict,
    bool Serving,
    string Purpose,
    int Visits,
    DateTimeOffset? PromotedAt
);

/// <summary><c>GET /api/v1/recommendations/models?purpose=</c>: of one purpose or of all, newest first.</summary>
internal static class ListModels
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/models", Handle).RequireScope(Scope.Read).WithName("ListModels");

    private static async Task<Results<Ok<Page<ModelView>>, ProblemHttpResult>> Handle(
        RecommendationDatabase database,
        string? purpose,
        int? limit,
        string? cursor,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var size, out var error))
        {
            return Problem.Invalid(error);
        }
        if (!string.IsNullOrEmpty(purpose) && Models.Purpose.Fault(purpose) is { } fault)
        {
            return Problem.Invalid(fault);
        }
        var before = long.MaxValue;
        if (
            !string.IsNullOrEmpty(cursor)
            && !(Cursor.Decode(cursor, 1) is [var id] && long.TryParse(id, CultureInfo.InvariantCulture, out before))
        )
        {
            return Problem.Invalid(new FieldError("cursor", "Pass the nextCursor of the page before, unchanged."));
        }
        var rows = await database.QueryAsync<Row>(
            Sql,
            new
            {
                before,
                take = size + 1,
                purpose = string.IsNullOrEmpty(purpose) ? null : purpose,
            },
            ct
        );
        var next = rows.Count > size ? Cursor.Encode(rows[size - 1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return TypedResults.Ok(new Page<ModelView>([.. rows.Take(size).Select(View)], next));
    }

    private static ModelView View(Row r) =>
        new(
            r.Version,
            r.TrainedAt,
            r.WindowFrom,
            r.WindowTo,
            r.Orders,
            r.Customers,
            r.Products,
            JsonSerializer.Deserialize<JsonElement>(r.Parameters),
            JsonSerializer.Deserialize<JsonElement>(r.Metrics),
            r.Verdict,
            r.Serving,
            r.Purpose,
            r.Visits,
            r.PromotedAt
        );

    private sealed record Row(
        long Id,
        string Version,
        DateTimeOffset TrainedAt,
        DateTimeOffset WindowFrom,
        DateTimeOffset WindowTo,
        int Orders,
        int Customers,
        int Products,
        string Parameters,
        string Metrics,
        string Verdict,
        bool Serving,
        string Purpose,
        int Visits,
        DateTimeOffset? PromotedAt
    );

    private const string Sql = """
        select id, version, trained_at, window_from, window_to, orders, customers, products,
            parameters::text as parameters, metrics::text as metrics, verdict, serving, purpose, visits, promoted_at
        from models
        where id < @before and (@purpose::text is null or purpose = @purpose)
        order by id desc
        limit @take
        """;
}
