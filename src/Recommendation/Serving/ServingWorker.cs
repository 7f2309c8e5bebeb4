using MarketingPlatform.Recommendation.Measurement;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Trends;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// Keeps this instance's memory of catalogue, placements, experiments and trends up to date, computes trends and pairs where no other
/// instance did, and forgets decisions that are too old.
/// </summary>
internal sealed class ServingWorker(
    RecommendationDatabase database,
    ServingStates states,
    ExperimentBook experiments,
    ComputeTrends trends,
    BasketPairs baskets,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    ILogger<ServingWorker> log
) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenPairs = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenTidyings = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        var (trendsAt, pairsAt, tidiedAt) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        var trendsEvery = options.Value.TrendsEvery;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.CheckEvery;
            try
            {
                await RefreshAsync(stoppingToken);
                var now = clock.GetUtcNow();
                if (now - trendsAt >= trendsEvery)
                {
                    trendsAt = now;
                    var began = clock.GetTimestamp();
                    await trends.RunAsync(trendsEvery / 2, stoppingToken);
                    // In a shop so large that they take seconds, they may not take more than a fiftieth of the database's time.
                    trendsEvery = TimeSpan.FromTicks(Math.Max(options.Value.TrendsEvery.Ticks, 50 * clock.GetElapsedTime(began).Ticks));
                }
                if (now - pairsAt >= BetweenPairs)
                {
                    pairsAt = now;
                    await baskets.ComputeAsync(stoppingToken);
                }
                if (now - tidiedAt >= BetweenTidyings)
                {
                    tidiedAt = now;
                    await ForgetAsync(now, stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What is in memory goes on answering.
                log.LogError(e, "What answers are made from cannot be refreshed; trying again in {Seconds} s", AfterFailure.TotalSeconds);
                pause = AfterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    public async Task RefreshAsync(CancellationToken ct)
    {
        await experiments.RefreshAsync(ct);
        await states.RefreshAsync(ct);
    }

    private Task<int> ForgetAsync(DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync(
            "delete from decisions where at < @before; delete from recommendation_events where at < @before",
            new { before = now.AddDays(-Math.Max(1, options.Value.KeepDecisionsDays)) },
            ct
        );
}
