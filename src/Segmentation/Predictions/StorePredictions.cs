using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Predictions;

/// <param name="Score">Any number below 10^15, with at most six decimals counted.</param>
/// <param name="At">When it was computed; null: now.</param>
internal sealed record PredictedScore(Guid? CustomerId, decimal? Score, DateTimeOffset? At);

/// <param name="ModelVersion">Of the model that wrote these scores.</param>
/// <param name="Features">What it looks at; null: as said before. Segments meant for ads need to know.</param>
/// <param name="Scores">1 to 10,000.</param>
internal sealed record PredictionsRequest(string? ModelVersion, IReadOnlyList<string>? Features, IReadOnlyList<PredictedScore?>? Scores);

/// <param name="Accepted">Scores stored.</param>
/// <param name="Outdated">Scores left out: a later one of the same customer is known.</param>
internal sealed record PredictionsAnswer(string Name, string ModelVersion, int Accepted, int Outdated);

/// <summary>
/// <c>PUT /api/v1/predictions/{name}</c>: a model's word about a batch of customers, so that rules can ask for <c>score.NAME</c>. The latest by
/// time counts for each customer; who has none is not known.
/// </summary>
internal static class StorePredictions
{
    private const int Most = 10_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPut(Routes.Predictions + "/{name}", Handle)
            .RequireScope(Scope.Write)
            .WithName("storePredictions")
            .WithSummary("Store scores of a prediction for up to 10,000 customers.");

    internal static async Task<Results<Ok<PredictionsAnswer>, ProblemHttpResult>> Handle(
        string name,
        PredictionsRequest request,
        SegmentationDatabase db,
        SegmentRules rules,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        if (Check(name, request, now) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var scores = request.Scores!.Select(s => (Id: s!.CustomerId!.Value, Score: s.Score!.Value, At: s.At ?? now)).ToList();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForDefinitions, null, ct);
        await work.ExecuteAsync(SegmentationDatabase.SharedWithErasure, null, ct);
        await work.ExecuteAsync(
            NameSql,
            new
            {
                name,
                request.ModelVersion,
                Features = request.Features?.Distinct().ToArray(),
                now,
            },
            ct
        );
        var bars = await AdBars.ReadAsync(work, ct);
        if (await bars.OffendingAsync(work, await rules.AllAsync(work, ct), ct) is { Count: > 0 } offending)
            return SegmentSettings.InUse(offending);
        var accepted = await work.QuerySingleAsync<int>(
            ScoresSql,
            new
            {
                name,
                Ids = scores.ConvertAll(s => s.Id).ToArray(),
                Scores = scores.ConvertAll(s => Math.Round(s.Score, Literal.Decimals)).ToArray(),
                At = scores.ConvertAll(s => s.At.UtcDateTime).ToArray(),
            },
            ct
        );
        await work.CommitAsync(ct);
        var customers = scores.Select(s => s.Id).Distinct().Count();
        return TypedResults.Ok(new PredictionsAnswer(name, request.ModelVersion!, accepted, customers - accepted));
    }

    internal static IReadOnlyList<FieldError> Check(string name, PredictionsRequest request, DateTimeOffset now)
    {
        List<FieldError> errors = [];
        if (Vocabulary.TypeOf(Vocabulary.ScorePrefix + name) is null)
            errors.Add(
                new("name", "A prediction's name has 1 to 90 lower-case letters, digits, dashes and dots: rules ask for score.NAME.")
            );
        if (string.IsNullOrWhiteSpace(request.ModelVersion) || request.ModelVersion.Length > 100)
            errors.Add(new("modelVersion", "Give the version of the model, 1 to 100 characters."));
        if (
            request.Features is { } features
            && (features.Count > 1_000 || features.Any(f => string.IsNullOrWhiteSpace(f) || f.Length > 100))
        )
            errors.Add(new("features", "Give at most 1,000 names of 1 to 100 characters."));
        if (request.Scores is not { Count: > 0 and <= Most } scores)
        {
            errors.Add(new("scores", $"Give 1 to {Most} scores."));
            return errors;
        }
        for (var i = 0; i < scores.Count && errors.Count < 20; i++)
            if (scores[i] is not { CustomerId: not null, Score: { } score })
                errors.Add(new($"scores[{i}]", "Give customerId and score."));
            else if (Math.Abs(score) > Literal.Largest)
                errors.Add(new($"scores[{i}].score", "A score is below 10^15."));
            else if (scores[i]!.At > now.AddMinutes(5))
                errors.Add(new($"scores[{i}].at", "It lies in the future."));
        return errors;
    }

    private const string NameSql = """
        insert into predictions as p (name, model_version, features, updated_at) values (@name, @ModelVersion, @Features, @now)
        on conflict (name) do update set
            model_version = excluded.model_version, features = coalesce(excluded.features, p.features), updated_at = excluded.updated_at
        """;

    // Models speak about many at once: who is looked at because of them waits behind what just happened.
    private const string ScoresSql = """
        with
        news as (
            select distinct on (id) id, score, at from unnest(@Ids::uuid[], @Scores::numeric[], @At::timestamptz[]) as news (id, score, at)
            where not is_erased(id) order by id, at desc
        ),
        stored as (
            insert into scores as s (customer_id, name, value, at) select id, @name, score, at from news order by id
            on conflict (customer_id, name) do update set value = excluded.value, at = excluded.at where excluded.at >= s.at
            returning customer_id
        ),
        marked as (insert into dirty (origin_id, bulk) select customer_id, true from stored)
        select count(*)::int from stored
        """;
}
