using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation.Models.Algorithms;
using MarketingPlatform.Recommendation.Models.Auto;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>
/// Trains the models for the next basket and for visits in the background: chosen by validation as <c>auto</c> chooses, measured on what
/// neither model nor choice has seen, judged by <see cref="PurposePromotion"/>. One that does not serve is kept all the same; the one
/// before it goes on.
/// </summary>
internal sealed class TrainPurposes(
    RecommendationDatabase database,
    ServingModel serving,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    ILogger<TrainPurposes> log
)
{
    private const int At = 10;
    private const int MostHeldOut = 1_000;

    /// <summary>Fewer customers with two baskets, or visits, can be told nothing from.</summary>
    private const int Fewest = 30;

    /// <summary>Choosing these two may cost this part of what choosing the model of taste may.</summary>
    private const double ShareOfWork = 0.2;

    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromDays(1);

    /// <summary>For so long one can go back to a model that may hold the history of somebody who was erased since, without an id.</summary>
    private static readonly TimeSpan KeptAfterErasure = TimeSpan.FromDays(7);

    /// <summary>
    /// Trains what is due: where there is a fifth more to learn from than the last time, a day has gone, or somebody was erased.
    /// </summary>
    /// <returns>Whether something was learnt.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var baskets = await RunAsync(
            new Kind(
                Purpose.NextBasket,
                "select count(*) from orders",
                new AutoOptions(At, Repeats: true, Part: HiddenPart.LastBasket),
                "personal frequency",
                data => new PersonalModel(data.Items, 1)
            ),
            async (work, now, refused) =>
            {
                var scope = await TrainingSet.ScopeAsync(work, now, options.Value.TrainingWindowDays, ct);
                return scope.To is { } to
                    ? await PurposeData.BasketsAsync(work, to.AddDays(-options.Value.TrainingWindowDays), to, refused, ct)
                    : null;
            },
            ct
        );
        var visits = await RunAsync(
            new Kind(
                Purpose.Session,
                "select count(*) from product_interest",
                new AutoOptions(At, Part: HiddenPart.Last),
                "popularity",
                data => PopularityModel.Count(data)
            ),
            async (work, now, refused) => await PurposeData.VisitsAsync(work, now, refused, ct),
            ct
        );
        return baskets || visits;
    }

    private async Task<bool> RunAsync(
        Kind kind,
        Func<UnitOfWork, DateTimeOffset, HashSet<Guid>, Task<PurposeData?>> read,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (
            !await work.QuerySingleAsync<bool>(
                "select pg_try_advisory_xact_lock(hashtext('recommendation.purpose.' || @Purpose))",
                new { kind.Purpose },
                ct
            )
        )
        {
            return false;
        }
        var now = clock.GetUtcNow();
        var known = await work.QuerySingleOrDefaultAsync<Known>(KnownSql, new { kind.Purpose }, ct);
        var count = await work.QuerySingleAsync<long>(kind.CountSql, null, ct);
        // Before the data are read: who is erased in between counts as still in them.
        var erasures = await work.QuerySingleAsync<long>("select count(*) from platform.erased", null, ct);
        if (!IsDue(known, count, erasures, now, options.Value.MinimumInterval))
        {
            return false;
        }
        await serving.RefreshAsync(ct);
        var current = serving.ByPurpose.GetValueOrDefault(kind.Purpose);
        var learntUntil = current?.Row.WindowTo.ToUnixTimeSeconds() ?? long.MaxValue;
        var data = await read(work, now, await TrainingSet.RefusedAsync(work, ct));
        var heldOut = data is null
            ? null
            : ValidationSplit.Of(data.Interactions, kind.Auto.Part!.Value, MostHeldOut, seed: 7, newsSince: learntUntil);
        if (heldOut is null || heldOut.Users.Count < Fewest)
        {
            return false;
        }
        var row = Describe(await ModelStore.NextIdAsync(work, ct), kind, data!, now) with { LearntFrom = count, Erasures = erasures };
        var own = current is null ? null : await OwnAsync(work, current.Row, ct);
        // Off the worker's thread: solvers take minutes.
        var (verdict, metrics, parameters, model) = await Task.Run(LearnAsync, ct);
        var kept = Math.Max(1, options.Value.ModelsKept); // The newest says when the next training is due.
        await ModelStore.SaveAsync(
            work,
            row,
            new TrainedModel(row.Version, data!.ProductIds, model),
            parameters,
            metrics,
            verdict,
            kept,
            ct
        );
        await work.ExecuteAsync(
            ForgetErasedSql,
            new
            {
                kind.Purpose,
                erasures,
                before = now - KeptAfterErasure,
            },
            ct
        );
        await work.CommitAsync(ct);
        await serving.RefreshAsync(ct);
        log.LogInformation(
            "Model {Version}: {Metrics}; {Action}: {Because}",
            row.Version,
            metrics,
            verdict.Promote ? "it serves" : "it does not serve",
            verdict.Because
        );
        return true;

        async Task<(Verdict, PurposeMetrics, object, IRecommender)> LearnAsync()
        {
            var settings = options.Value;
            var trainer = new AutoTrainer(
                kind.Auto with
                {
                    MaxItems = settings.MatrixItems,
                    MaxWork = settings.MaxWork * ShareOfWork,
                    Threads = settings.TrainingThreads,
                },
                step => log.LogDebug("Training for {Purpose}: {Step}", kind.Purpose, step)
            );
            var choice = await trainer.ChooseAsync(heldOut.Fitting, "auto", [], _ => Task.CompletedTask, ct);
            var trial = new PurposeTrial(
                Ndcg(trainer.Fit(choice, heldOut.Fitting, ct), heldOut),
                Ndcg(kind.Measure(heldOut.Fitting), heldOut),
                kind.Yardstick,
                current is null
                    ? null
                    : new ServingTrial(
                        Ndcg(current.Model.Recommender, OtherNumbers.As(current.Model, heldOut.Users, data!.ProductIds)),
                        [.. heldOut.Users.Select(user => user.Now > learntUntil)],
                        own,
                        HasOtherData(current.Row)
                    )
            );
            var (verdict, metrics) = PurposePromotion.Judge(trial);
            var parameters = new { validationNdcg = Math.Round(choice.ValidationNdcg, 4), parts = choice.Described };
            return (verdict, metrics, parameters, trainer.Fit(choice, data!.Interactions, ct));

            double[] Ndcg(IRecommender candidate, ValidationSplit split) =>
                Measuring.NdcgOfEach(candidate, split, At, kind.Auto.Repeats, settings.TrainingThreads, ct);
        }

        bool HasOtherData(StoredModel old) =>
            (old.Orders, old.Customers, old.Visits, old.WindowTo, old.Erasures)
            != (row.Orders, row.Customers, row.Visits, row.WindowTo, row.Erasures);
    }

    /// <summary>No I/O.</summary>
    /// <param name="known">The newest model, whether it serves or not.</param>
    internal static bool IsDue(Known? known, long count, long erasures, DateTimeOffset now, TimeSpan minimumInterval) =>
        known is null
            ? count >= Fewest
            : Math.Abs(count - known.LearntFrom) >= Math.Max(1, known.LearntFrom / 5)
                || now - known.TrainedAt >= AtLeastEvery
                || (erasures > known.Erasures && now - known.TrainedAt >= minimumInterval);

    internal sealed record Known(DateTimeOffset TrainedAt, long LearntFrom, long Erasures);

    /// <param name="CountSql">How much there is to learn from.</param>
    /// <param name="Yardstick">What has to be reached, in words; <paramref name="Measure"/> makes it.</param>
    private sealed record Kind(
        string Purpose,
        string CountSql,
        AutoOptions Auto,
        string Yardstick,
        Func<Interactions, IRecommender> Measure
    );

    private static StoredModel Describe(long id, Kind kind, PurposeData data, DateTimeOffset now)
    {
        var (users, visits) = (data.Interactions.Users, kind.Purpose == Purpose.Session);
        return new StoredModel(
            id,
            $"{kind.Purpose}-{id}",
            now,
            DateTimeOffset.FromUnixTimeSeconds(Enumerable.Range(0, users).Min(user => data.Interactions.Of(user)[0].At)),
            DateTimeOffset.FromUnixTimeSeconds(data.Interactions.Newest),
            visits ? 0 : data.Baskets,
            visits ? 0 : users,
            data.ProductIds.Count,
            kind.Purpose,
            visits ? users : 0
        );
    }

    /// <returns>Null for a model of before metrics were kept with it.</returns>
    private static async Task<PurposeMetrics?> OwnAsync(UnitOfWork work, StoredModel row, CancellationToken ct) =>
        await work.QuerySingleOrDefaultAsync<string>(
            "select metrics::text from models where id = @Id and metrics <> '{}'",
            new { row.Id },
            ct
        )
            is { } metrics
            ? JsonSerializer.Deserialize<PurposeMetrics>(metrics, Json.Options)
            : null;

    private const string KnownSql = """
        select trained_at, learnt_from, erasures from models where purpose = @Purpose order by id desc limit 1
        """;

    private const string ForgetErasedSql = """
        delete from models where purpose = @Purpose and not serving and erasures < @erasures and trained_at < @before
        """;
}
