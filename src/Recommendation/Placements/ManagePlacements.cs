using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Placements;

/// <summary>A placement with its name.</summary>
/// <param name="Own">False where the shop never changed it.</param>
internal sealed record PlacementView(string Key, bool Own, PlacementDefinition Definition);

/// <summary>
/// <c>GET|PUT|DELETE /api/v1/recommendations/placements/{key}</c>, and the list of them. PUT replaces the whole; DELETE brings back
/// the built-in one of that name, where there is one. What changed counts in every instance within <c>CheckEvery</c>.
/// </summary>
internal static class ManagePlacements
{
    private const string Path = Routes.Recommendations + "/placements";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, List).RequireScope(Scope.Read).WithName("ListPlacements");
        root.MapGet(Path + "/{key}", Get).RequireScope(Scope.Read).WithName("GetPlacement");
        root.MapPut(Path + "/{key}", Put).RequireScope(Scope.Write).WithName("PutPlacement");
        root.MapDelete(Path + "/{key}", Delete).RequireScope(Scope.Write).WithName("DeletePlacement");
    }

    private static async Task<Ok<Page<PlacementView>>> List(PlacementBook book, RecommendationDatabase database, CancellationToken ct)
    {
        await book.RefreshAsync(ct);
        var own = (await database.QueryAsync<string>("select key from placements", null, ct)).ToHashSet();
        return TypedResults.Ok(
            new Page<PlacementView>(
                [
                    .. book
                        .All.OrderBy(p => p.Key, StringComparer.Ordinal)
                        .Select(p => new PlacementView(p.Key, own.Contains(p.Key), p.Value)),
                ],
                null
            )
        );
    }

    private static async Task<Results<Ok<PlacementView>, ProblemHttpResult>> Get(
        string key,
        PlacementBook book,
        RecommendationDatabase database,
        CancellationToken ct
    )
    {
        await book.RefreshAsync(ct);
        var own = await database.QuerySingleAsync<bool>("select exists (select from placements where key = @key)", new { key }, ct);
        return book.All.TryGetValue(key, out var found) ? TypedResults.Ok(new PlacementView(key, own, found)) : Unknown(key, book);
    }

    private static async Task<Results<Ok<PlacementView>, ProblemHttpResult>> Put(
        string key,
        PlacementDefinition definition,
        PlacementBook book,
        RecommendationDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (!PlacementCheck.IsKey(key))
        {
            return Problem.Invalid(
                new FieldError("key", $"Name it with lower-case letters, digits and dashes, at most {PlacementCheck.LongestKey} of them.")
            );
        }
        IReadOnlyList<FieldError> faults =
        [
            .. PlacementCheck.Faults(definition),
            .. await UnknownModelsAsync(database, [("model", definition.Model)], ct),
        ];
        if (faults.Count > 0)
        {
            return Problem.Invalid([.. faults]);
        }
        await database.ExecuteAsync(
            """
            insert into placements as known (key, definition, version, changed_at) values (@key, @Definition::jsonb, 1, @Now)
            on conflict (key) do update set definition = excluded.definition, version = known.version + 1, changed_at = excluded.changed_at
            """,
            new
            {
                key,
                Definition = JsonSerializer.Serialize(definition, Json.Options),
                Now = clock.GetUtcNow(),
            },
            ct
        );
        await book.RefreshAsync(ct);
        return TypedResults.Ok(new PlacementView(key, true, definition));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string key,
        PlacementBook book,
        RecommendationDatabase database,
        CancellationToken ct
    )
    {
        if (await database.ExecuteAsync("delete from placements where key = @key", new { key }, ct) == 0)
        {
            return PlacementBook.BuiltIn.ContainsKey(key)
                ? Problem.Of(409, "built-in-placement", "This placement is built in", "It was never changed, and it cannot go.")
                : Unknown(key, book);
        }
        await book.RefreshAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>A placement whose model is not there would show best-sellers, and nobody would know why.</summary>
    internal static async Task<IEnumerable<FieldError>> UnknownModelsAsync(
        RecommendationDatabase database,
        IReadOnlyList<(string Field, string? Version)> named,
        CancellationToken ct
    )
    {
        var wanted = named.Where(model => model.Version is not (null or Candidates.Popular)).ToArray();
        if (wanted.Length == 0)
        {
            return [];
        }
        var versions = wanted.Select(model => model.Version!.Replace("\0", "", StringComparison.Ordinal)).ToArray();
        var known = await database.QueryAsync<string>("select version from models where version = any(@versions)", new { versions }, ct);
        return wanted
            .Where(model => !known.Contains(model.Version!))
            .Select(model => new FieldError(
                model.Field,
                $"There is no model '{model.Version}': give a version of GET {Routes.Recommendations}/models, or '{Candidates.Popular}'."
            ));
    }

    internal static ProblemHttpResult Unknown(string key, PlacementBook book) =>
        Problem.NotFound(
            "placement",
            $"There is no placement '{key}'. There are: {string.Join(", ", book.All.Keys.Order(StringComparer.Ordinal))}. "
                + $"Make one with PUT {Path}/{{key}}."
        );
}
