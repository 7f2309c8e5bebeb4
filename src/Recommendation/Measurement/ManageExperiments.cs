using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Placements;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>Body of <c>POST /api/v1/recommendations/experiments</c>. The first arm is the control.</summary>
internal sealed record NewExperiment(string Key, string Placement, IReadOnlyList<ExperimentArm> Arms);

/// <summary>An experiment as it is listed.</summary>
internal sealed record ExperimentView(
    string Key,
    string Placement,
    IReadOnlyList<ExperimentArm> Arms,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt
);

/// <summary>
/// <c>GET|POST /api/v1/recommendations/experiments</c>, <c>POST …/{key}/end</c>: models or settings tried against each other on customers.
/// An arm is a whole placement definition, <c>model</c> among it; what runs never changes.
/// </summary>
internal static class ManageExperiments
{
    public const string Path = Routes.Recommendations + "/experiments";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, List).RequireScope(Scope.Read).WithName("ListRecommendationExperiments");
        root.MapPost(Path, Start).RequireScope(Scope.Write).WithName("StartRecommendationExperiment");
        root.MapPost(Path + "/{key}/end", End).RequireScope(Scope.Write).WithName("EndRecommendationExperiment");
    }

    private static async Task<Ok<Page<ExperimentView>>> List(RecommendationDatabase database, CancellationToken ct)
    {
        var rows = await database.QueryAsync<ExperimentRow>(
            $"select {ExperimentRow.Columns} from recommendation_experiments order by started_at desc limit 200",
            null,
            ct
        );
        return TypedResults.Ok(new Page<ExperimentView>([.. rows.Select(row => row.ToView())], null));
    }

    private static async Task<Results<Created<ExperimentView>, ProblemHttpResult>> Start(
        NewExperiment body,
        RecommendationDatabase database,
        ExperimentBook book,
        PlacementBook placements,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var faults = Faults(body, placements).ToList();
        if (faults.Count == 0)
        {
            (string, string?)[] models = [.. body.Arms.Select(arm => ("arms.model", arm.Definition?.Model))];
            faults.AddRange(await ManagePlacements.UnknownModelsAsync(database, models, ct));
        }
        if (faults.Count > 0)
        {
            return Problem.Invalid([.. faults]);
        }
        var now = clock.GetUtcNow();
        var stored = await database.ExecuteAsync(
            """
            insert into recommendation_experiments (key, placement, arms, started_at) values (@Key, @Placement, @Arms::jsonb, @now)
            on conflict do nothing
            """,
            new
            {
                body.Key,
                body.Placement,
                Arms = JsonSerializer.Serialize(body.Arms, Json.Options),
                now,
            },
            ct
        );
        if (stored == 0)
        {
            return Problem.Of(
                409,
                "experiment-exists",
                "There is one already",
                $"An experiment '{body.Key}' was made before, or another one runs at '{body.Placement}': choose another key, or end that one."
            );
        }
        await book.RefreshAsync(ct);
        return TypedResults.Created($"{Path}/{body.Key}", new ExperimentView(body.Key, body.Placement, body.Arms, now, null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> End(
        string key,
        RecommendationDatabase database,
        ExperimentBook book,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var known = await database.ExecuteAsync(
            "update recommendation_experiments set ended_at = coalesce(ended_at, @Now) where key = @key",
            new { key, Now = clock.GetUtcNow() },
            ct
        );
        await book.RefreshAsync(ct);
        return known == 0 ? Unknown(key) : TypedResults.NoContent();
    }

    internal static ProblemHttpResult Unknown(string key) =>
        Problem.NotFound("experiment", $"There is no experiment '{key}'. See GET {Path}.");

    private static IEnumerable<FieldError> Faults(NewExperiment body, PlacementBook placements)
    {
        if (!PlacementCheck.IsKey(body.Key ?? ""))
        {
            yield return new("key", "Name it with lower-case letters, digits and dashes.");
        }
        if (!placements.All.ContainsKey(body.Placement ?? ""))
        {
            yield return new("placement", "There is no such placement.");
        }
        if (body.Arms is not { Count: >= 2 and <= 10 } || body.Arms.Any(arm => arm is null))
        {
            yield return new("arms", "Give 2 to 10 arms, the control first.");
            yield break;
        }
        if (body.Arms.Any(arm => !(arm.Share > 0)) || Math.Abs(body.Arms.Sum(arm => arm.Share) - 1) > 0.001)
        {
            yield return new("arms", "Each share is above 0, and together they are 1.");
        }
        if (body.Arms.Any(arm => !PlacementCheck.IsKey(arm.Name ?? "")) || body.Arms.DistinctBy(arm => arm.Name).Count() < body.Arms.Count)
        {
            yield return new("arms", "Each arm has a name of its own, of lower-case letters, digits and dashes.");
        }
        foreach (var fault in body.Arms.SelectMany(arm => arm.Definition is { } definition ? PlacementCheck.Faults(definition) : []))
        {
            yield return new("arms." + fault.Field, fault.Message);
        }
    }
}

/// <summary>An experiment as the table has it.</summary>
internal sealed record ExperimentRow(string Key, string Placement, string Arms, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public const string Columns = "key, placement, arms::text as arms, started_at, ended_at";

    public ExperimentView ToView() => new(Key, Placement, ExperimentBook.ReadArms(Arms), StartedAt, EndedAt);
}
