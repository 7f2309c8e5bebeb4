using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Placements;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>A model for one purpose, as <c>GET /api/v1/recommendations/models/purposes</c> shows it.</summary>
/// <param name="Units">Customers or visits that it learnt from.</param>
/// <param name="Serves">The version that answers; null while none was good enough.</param>
internal sealed record PurposeModelView(
    string Purpose,
    string Version,
    DateTimeOffset TrainedAt,
    int Units,
    JsonElement Parts,
    JsonElement Metrics,
    string? Serves
);

/// <summary>
/// The models that answer for one kind of placement beside the serving one, in memory: what somebody buys next, things had before among
/// them, and how a visit goes on. Immutable once read; replaced in one assignment.
/// </summary>
internal sealed class PurposeModels(RecommendationDatabase database)
{
    public const string NextBasket = "next-basket";
    public const string Session = "session";

    private volatile IReadOnlyDictionary<string, TrainedModel> current = new Dictionary<string, TrainedModel>();

    /// <summary>By purpose; one without a model is not in it.</summary>
    public IReadOnlyDictionary<string, TrainedModel> Current => current;

    /// <returns>Null for kinds that the serving model answers.</returns>
    public static string? Of(PlacementKind kind) =>
        kind switch
        {
            PlacementKind.NextBasket => NextBasket,
            PlacementKind.Session => Session,
            _ => null,
        };

    public static string Version(string purpose, long number) => FormattableString.Invariant($"{purpose}-{number}");

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/models/purposes", ListAsync).RequireScope(Scope.Read).WithName("ListPurposeModels");

    public async Task RefreshAsync(CancellationToken ct)
    {
        var rows = await database.QueryAsync<Row>(
            "select purpose, content_version from purpose_models where content_version is not null order by purpose",
            null,
            ct
        );
        var known = current;
        if (rows.Count == known.Count && rows.All(row => known.GetValueOrDefault(row.Purpose)?.Version == row.Version))
        {
            return;
        }
        var next = new Dictionary<string, TrainedModel>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            next[row.Purpose] =
                known.GetValueOrDefault(row.Purpose) is { } same && same.Version == row.Version ? same : await LoadAsync(row, ct);
        }
        current = next;
    }

    private async Task<TrainedModel> LoadAsync(Row row, CancellationToken ct)
    {
        var content = await database.QuerySingleAsync<byte[]>(
            "select content from purpose_models where purpose = @Purpose",
            new { row.Purpose },
            ct
        );
        using var packed = new MemoryStream(content);
        return ModelStore.Unpack(packed, row.Version);
    }

    private static async Task<Ok<Page<PurposeModelView>>> ListAsync(RecommendationDatabase database, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<PurposeModelView>(
                [
                    .. (await database.QueryAsync<Stored>(ListSql, null, ct)).Select(row => new PurposeModelView(
                        row.Purpose,
                        Version(row.Purpose, row.Number),
                        row.TrainedAt,
                        row.Units,
                        JsonSerializer.Deserialize<JsonElement>(row.Parts, Json.Options),
                        JsonSerializer.Deserialize<JsonElement>(row.Metrics, Json.Options),
                        row.ContentVersion is { } serving ? Version(row.Purpose, serving) : null
                    )),
                ],
                null
            )
        );

    private sealed record Row(string Purpose, long ContentVersion)
    {
        public string Version => PurposeModels.Version(Purpose, ContentVersion);
    }

    private sealed record Stored(
        string Purpose,
        long Number,
        DateTimeOffset TrainedAt,
        int Units,
        string Parts,
        string Metrics,
        long? ContentVersion
    );

    private const string ListSql = """
        select purpose, version as number, trained_at, units, parts::text as parts, metrics::text as metrics, content_version
        from purpose_models order by purpose
        """;
}
