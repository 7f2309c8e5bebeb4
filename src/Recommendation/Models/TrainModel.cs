using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// One training: read the orders once, learn, measure, judge, store. All in one transaction under an advisory lock: of several
/// instances one
/// trains, and a training that dies leaves nothing behind.
/// </summary>
internal sealed class TrainModel(
    RecommendationDatabase database,
    ServingModel serving,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    [FromKeyedServices(RecommendationModule.Service)] ServiceTelemetry telemetry,
    ILogger<TrainModel> log
)
{
    private readonly Counter<long> trainings = telemetry.Meter.CreateCounter<long>(
        "marketing.model.trainings",
        "{training}",
        "Finished trainings, by outcome."
    );

    /// <returns>False where another instance is training.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        using var activity = telemetry.Activities.StartActivity("recommendation.train_model");
        var started = clock.GetTimestamp();
        var settings = options.Value;
        await using var work = await database.BeginAsync(ct);
        if (!await work.QuerySingleAsync<bool>("select pg_try_advisory_xact_lock(hashtext('recommendation.train_model'))", null, ct))
        {
            return false;
        }
        var signals = (await work.QueryAsync<long>("select id from training_signals", null, ct)).ToArray();
        var now = clock.GetUtcNow();
        var scope = await TrainingSet.ScopeAsync(work, now, settings.TrainingWindowDays, ct);
        Verdict? verdict = null;
        if (scope.To is { } to)
        {
            var from = to.AddDays(-settings.TrainingWindowDays);
            var set = new TrainingSet();
            var learning = new Learning(
                settings.CoPurchase,
                set,
                to,
                TimeSpan.FromDays(settings.PopularityWindowDays),
                TimeSpan.FromDays(settings.PopularityHalfLifeDays),
                (double)settings.HoldOutCustomers / Math.Max(1, scope.Customers),
                await TrainingSet.RefusedAsync(work, ct)
            );
            await foreach (var buyer in set.ReadAsync(work, from, to, ct))
            {
                learning.Add(buyer);
            }
            if (scope.Orders >= settings.MinimumOrders && learning.Customers > 0)
            {
                var progress = await TrainingProgress.BeginAsync(database, clock, scope, ct);
                try
                {
                    verdict = await MeasureAndStoreAsync(work, learning, set, scope, from, to, started, now, progress, ct);
                    await progress.FinishAsync(work, verdict.Because, ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    await progress.FailAsync(e.Message);
                    throw;
                }
            }
            // Last: it locks products, and neither orders nor the shop's uploads should wait for a training.
            await SavePopularityAsync(work, set, learning.Popularity, ct);
        }
        await work.ExecuteAsync("delete from training_signals where id = any(@signals)", new { signals }, ct);
        await work.CommitAsync(ct);

        trainings.Add(
            1,
            new KeyValuePair<string, object?>(
                "outcome",
                verdict switch
                {
                    null => "popularity",
                    { Promote: true } => "promoted",
                    _ => "kept",
                }
            )
        );
        await serving.RefreshAsync(ct);
        return true;
    }

    private async Task<Verdict> MeasureAndStoreAsync(
        UnitOfWork work,
        Learning learning,
        TrainingSet set,
        TrainingScope scope,
        DateTimeOffset from,
        DateTimeOffset to,
        long started,
        DateTimeOffset now,
        TrainingProgress progress,
        CancellationToken ct
    )
    {
        var candidate = await new ChooseModel(options.Value, log).RunAsync(learning, set, progress, ct);
        await progress.StepAsync("measuring", ct);
        await serving.RefreshAsync(ct);
        var current = serving.Current;
        var halfLife = TimeSpan.FromDays(options.Value.HistoryHalfLifeDays);
        var orders = learning.HeldOut;
        var popular = learning.MeasurablePopularity();
        var byPopularity = HoldOut.Hits(null, orders, popular, halfLife, ct);
        var byCandidate = HoldOut.Hits(candidate.Measurable, orders, popular, halfLife, ct);
        var own = current is null ? null : await ModelStore.MeasureOfAsync(work, current.Row, ct);
        var byServing = current is null ? null : HoldOut.Hits(current.Model, orders, popular, halfLife, ct);
        bool[] unseen = current is null ? [] : [.. orders.Select(o => o.At > current.Row.WindowTo)];
        var verdict = byServing is null
            ? Promotion.First(byCandidate, byPopularity)
            : Promotion.Next(byCandidate, byServing, unseen, own, HasOtherData(current!.Row));
        var servingRate = unseen.Count(u => u) < Promotion.Enough ? own?.HitRate : Rate([.. byServing!.Where((_, n) => unseen[n])]);

        var id = await ModelStore.NextIdAsync(work, ct);
        var version = $"{candidate.Name}-{id}";
        var products = set.ProductIds.Count;
        var row = new StoredModel(id, version, now, from, to, scope.Orders, learning.Customers, products, Purpose.Taste);
        await progress.StepAsync("training on all orders", ct);
        var model = candidate.Final(row.Version);
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        var metrics = new ModelMetrics(orders.Count, Rate(byCandidate), Rate(byPopularity), servingRate, Math.Round(seconds, 3));
        await ModelStore.SaveAsync(work, row, model, candidate.Parameters, metrics, verdict, options.Value.ModelsKept, ct);
        Activity.Current?.SetTag("recommendation.model", row.Version);
        log.LogInformation(
            "Model {Version} from {Orders} orders: hit rate {HitRate:0.000} (popularity {Popularity:0.000}); {Action}: {Because}",
            row.Version,
            row.Orders,
            metrics.HitRate,
            metrics.PopularityHitRate,
            verdict.Promote ? "it serves" : "it does not serve",
            verdict.Because
        );
        return verdict;

        bool HasOtherData(StoredModel old) => (old.Orders, old.Customers, old.WindowTo) != (scope.Orders, learning.Customers, to);
    }

    private static double? Rate(bool[]? hits) =>
        hits is { Length: > 0 } ? Math.Round(hits.Count(hit => hit) / (double)hits.Length, 4) : null;

    private static Task<int> SavePopularityAsync(UnitOfWork work, TrainingSet set, Popularity popularity, CancellationToken ct) =>
        work.ExecuteAsync(
            PopularitySql,
            new
            {
                Ids = set.ProductIds.ToArray(),
                Scores = Enumerable.Range(0, set.ProductIds.Count).Select(p => Math.Round(popularity[p], 6)).ToArray(),
            },
            ct
        );

    // Only what changed; in the order in which others lock products.
    private const string PopularitySql = """
        with scored as (
            select * from unnest(@Ids::text[], @Scores::float8[]) as s (product_id, score)
        ), changed as (
            select p.product_id, coalesce(s.score, 0) as score
            from products p left join scored s using (product_id)
            where p.popularity is distinct from coalesce(s.score, 0)
            order by p.product_id
            for update of p
        )
        update products p set popularity = changed.score from changed where changed.product_id = p.product_id
        """;
}
