using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>Which model serves, after a call of <see cref="SwitchModel"/>.</summary>
internal sealed record SwitchedModel(string Version, string? Before, string Purpose);

/// <summary>
/// A person decides which model serves: <c>POST /api/v1/recommendations/models/rollback?purpose=</c> takes back the last change of a
/// purpose, taste where none is named;
/// <c>POST /api/v1/recommendations/models/{version}/promote</c> chooses any kept model, also one that its verdict kept out. Instances follow
/// within <see cref="RecommendationOptions.CheckEvery"/>; the next training compares itself with the model that serves then.
/// </summary>
internal static class SwitchModel
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Recommendations + "/models/rollback", RollBackAsync).RequireScope(Scope.Write).WithName("RollBackModel");
        root.MapPost(Routes.Recommendations + "/models/{version}/promote", PromoteAsync).RequireScope(Scope.Write).WithName("PromoteModel");
    }

    private static async Task<Results<Ok<SwitchedModel>, ProblemHttpResult>> RollBackAsync(
        string? purpose,
        RecommendationDatabase database,
        ServingModel serving,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        purpose = string.IsNullOrEmpty(purpose) ? Purpose.Taste : purpose;
        if (Purpose.Fault(purpose) is { } fault)
        {
            return Problem.Invalid(fault);
        }
        await using var work = await database.BeginAsync(ct);
        await LockAsync(work, ct);
        var version = await work.QuerySingleOrDefaultAsync<string>(PreviousSql, new { purpose }, ct);
        if (version is null)
        {
            return Problem.Of(
                409,
                "no-earlier-model",
                "There is no earlier model",
                "No other model for this purpose has served before, so there is none to go back to."
            );
        }
        return await SwitchAsync(work, purpose, version, serving, clock, ct);
    }

    private static async Task<Results<Ok<SwitchedModel>, ProblemHttpResult>> PromoteAsync(
        string version,
        RecommendationDatabase database,
        ServingModel serving,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        await LockAsync(work, ct);
        var purpose = version.Contains('\0')
            ? null
            : await work.QuerySingleOrDefaultAsync<string>("select purpose from models where version = @version", new { version }, ct);
        return purpose is not null
            ? await SwitchAsync(work, purpose, version, serving, clock, ct)
            : Problem.NotFound("model", $"There is no model '{version}'. GET {Routes.Recommendations}/models lists the kept ones.");
    }

    private static async Task<Ok<SwitchedModel>> SwitchAsync(
        UnitOfWork work,
        string purpose,
        string version,
        ServingModel serving,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var before = await work.QuerySingleOrDefaultAsync<string>(
            "select version from models where serving and purpose = @purpose",
            new { purpose },
            ct
        );
        await work.ExecuteAsync(
            "update models set serving = false where serving and purpose = @purpose and version <> @version",
            new { purpose, version },
            ct
        );
        await work.ExecuteAsync(
            "update models set serving = true, promoted_at = @now where version = @version and not serving",
            new { version, now = clock.GetUtcNow() },
            ct
        );
        await work.CommitAsync(ct);
        await serving.RefreshAsync(ct);
        return TypedResults.Ok(new SwitchedModel(version, before, purpose));
    }

    /// <summary>Two who switch at once, or a training that promotes, wait for each other.</summary>
    private static Task<int> LockAsync(UnitOfWork work, CancellationToken ct) =>
        work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('recommendation.switch_model'))", null, ct);

    private const string PreviousSql = """
        select version from models
        where purpose = @purpose and not serving and promoted_at is not null
        order by promoted_at desc, id desc
        limit 1
        """;
}
