using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation.Models.Algorithms;
using MarketingPlatform.Recommendation.Models.Auto;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>How well a model foretold what it had never seen; stored with it.</summary>
/// <param name="HeldOut">Customers whose last basket, or visits whose last look, was kept aside.</param>
/// <param name="Ndcg">At 10.</param>
/// <param name="Yardstick">What has to be reached: what the customer bought most often, or what is looked at most.</param>
internal sealed record PurposeMetrics(int HeldOut, double Ndcg, string Yardstick, double YardstickNdcg);

/// <summary>
/// Trains the models of <see cref="PurposeModels"/> in the background: chosen by validation as <c>auto</c> chooses, measured on what
/// neither model nor choice has seen. One that does not reach its yardstick does not answer; the one before it goes on.
/// </summary>
internal sealed class TrainPurposes(
    RecommendationDatabase database,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    ILogger<TrainPurposes> log
)
{
    private const int At = 10;
    private const int MostHeldOut = 1_000;

    /// <summary>Fewer customers with two baskets, or visits, can be told nothing from.</summary>
    private const int Fewest = 30;

    /// <summary>Choosing these two may cost this part of what choosing the serving model may.</summary>
    private const double ShareOfWork = 0.2;

    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromDays(1);

    /// <summary>Trains what is due: where there is a fifth more to learn from than the last time, or a day has gone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await RunAsync(
            PurposeModels.NextBasket,
            OrdersSql,
            new AutoOptions(At, Repeats: true, Part: HiddenPart.LastBasket),
            "personal frequency",
            data => new PersonalModel(data.Items, 1),
            async (work, now, refused) =>
            {
                var scope = await TrainingSet.ScopeAsync(work, now, options.Value.TrainingWindowDays, ct);
                return scope.To is { } to
                    ? await PurposeData.BasketsAsync(work, to.AddDays(-options.Value.TrainingWindowDays), to, refused, ct)
                    : null;
            },
            ct
        );
        await RunAsync(
            PurposeModels.Session,
            LooksSql,
            new AutoOptions(At, Part: HiddenPart.Last),
            "popularity",
            data => PopularityModel.Count(data),
            async (work, now, refused) => await PurposeData.VisitsAsync(work, now, refused, ct),
            ct
        );
    }

    private async Task RunAsync(
        string purpose,
        string countSql,
        AutoOptions auto,
        string yardstick,
        Func<Interactions, IRecommender> measure,
        Func<UnitOfWork, DateTimeOffset, HashSet<Guid>, Task<PurposeData?>> read,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        var now = clock.GetUtcNow();
        var known = await work.QuerySingleOrDefaultAsync<Known>(KnownSql, new { purpose }, ct);
        var count = await work.QuerySingleAsync<long>(countSql, null, ct);
        if (
            !IsDue(known, count, now)
            || !await work.QuerySingleAsync<bool>(
                "select pg_try_advisory_xact_lock(hashtext('recommendation.purpose.' || @purpose))",
                new { purpose },
                ct
            )
        )
        {
            return;
        }
        var data = await read(work, now, await TrainingSet.RefusedAsync(work, ct));
        var heldOut = data is null ? null : ValidationSplit.Of(data.Interactions, auto.Part!.Value, MostHeldOut, seed: 7);
        if (heldOut is null || heldOut.Users.Count < Fewest)
        {
            return;
        }
        var settings = options.Value;
        var trainer = new AutoTrainer(
            auto with
            {
                MaxItems = settings.MatrixItems,
                MaxWork = settings.MaxWork * ShareOfWork,
                Threads = settings.TrainingThreads,
            },
            step => log.LogDebug("Training for {Purpose}: {Step}", purpose, step)
        );
        // Off the worker's thread: solvers take minutes.
        var (choice, metrics, model) = await Task.Run(
            async () =>
            {
                var choice = await trainer.ChooseAsync(heldOut.Fitting, "auto", [], _ => Task.CompletedTask, ct);
                var metrics = new PurposeMetrics(
                    heldOut.Users.Count,
                    Round(Ndcg(trainer.Fit(choice, heldOut.Fitting, ct))),
                    yardstick,
                    Round(Ndcg(measure(heldOut.Fitting)))
                );
                return (choice, metrics, metrics.Ndcg >= metrics.YardstickNdcg ? trainer.Fit(choice, data!.Interactions, ct) : null);
            },
            ct
        );
        var version = (known?.Version ?? 0) + 1;
        using var packed = model is null
            ? null
            : ModelStore.Pack(new TrainedModel(PurposeModels.Version(purpose, version), data!.ProductIds, model));
        await work.ExecuteAsync(
            SaveSql,
            new
            {
                purpose,
                version,
                now,
                count,
                Units = data!.Interactions.Users,
                Parts = JsonSerializer.Serialize(choice.Described, Json.Options),
                Metrics = JsonSerializer.Serialize(metrics, Json.Options),
                Content = packed?.ToArray(),
            },
            ct
        );
        await work.CommitAsync(ct);
        log.LogInformation(
            "Model {Purpose}-{Version}: {Metrics}; it {Serves}",
            purpose,
            version,
            metrics,
            model is null ? "waits" : "answers"
        );

        double Ndcg(IRecommender candidate) => Measuring.Ndcg(candidate, heldOut, At, auto.Repeats, settings.TrainingThreads, ct);

        static double Round(double value) => Math.Round(value, 4);
    }

    /// <summary>No I/O.</summary>
    internal static bool IsDue(Known? known, long count, DateTimeOffset now) =>
        known is null
            ? count >= Fewest
            : Math.Abs(count - known.LearntFrom) >= Math.Max(1, known.LearntFrom / 5) || now - known.TrainedAt >= AtLeastEvery;

    internal sealed record Known(long Version, DateTimeOffset TrainedAt, long LearntFrom);

    private const string KnownSql = "select version, trained_at, learnt_from from purpose_models where purpose = @purpose";
    private const string OrdersSql = "select count(*) from orders";
    private const string LooksSql = "select count(*) from product_interest";

    private const string SaveSql = """
        insert into purpose_models as known (
            purpose, version, trained_at, learnt_from, units, parts, metrics, content_version, content)
        values (
            @purpose, @version, @now, @count, @Units, @Parts::jsonb, @Metrics::jsonb,
            case when @Content::bytea is not null then @version end, @Content)
        on conflict (purpose) do update set
            version = excluded.version, trained_at = excluded.trained_at, learnt_from = excluded.learnt_from, units = excluded.units,
            parts = excluded.parts, metrics = excluded.metrics,
            content_version = coalesce(excluded.content_version, known.content_version),
            content = coalesce(excluded.content, known.content)
        """;
}
