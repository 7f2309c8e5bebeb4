using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation.Models.Purposes;
using MarketingPlatform.Recommendation.Placements;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>Looks every few seconds whether there is something to learn, and whether another instance promoted a model.</summary>
internal sealed class TrainingWorker(
    RecommendationDatabase database,
    ServingModel serving,
    TrainModel training,
    TrainPurposes purposes,
    GetRecommendations recommendations,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    ILogger<TrainingWorker> log
) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private static readonly Request WarmUp = new(PlacementBook.ForYou, 1) { OnPage = ["warm-up"], Preview = true };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        var (warm, purposesAt) = (false, DateTimeOffset.MinValue);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.CheckEvery;
            try
            {
                await serving.RefreshAsync(stoppingToken);
                if (!warm)
                {
                    // A mail waits 200 ms for its products: the first to ask must not be the one who waits for compilation and
                    // connections.
                    await recommendations.AnswerAsync(Guid.Empty, WarmUp, stoppingToken);
                    warm = true;
                }
                var state = await TrainingState.ReadAsync(database, stoppingToken);
                if (state.IsDue(clock.GetUtcNow(), options.Value))
                {
                    if (await training.RunAsync(stoppingToken))
                        SpentMemory.GiveBack();
                }
                if (options.Value.PurposesEvery > TimeSpan.Zero && clock.GetUtcNow() - purposesAt >= options.Value.PurposesEvery)
                {
                    if (await purposes.RunAsync(stoppingToken))
                        SpentMemory.GiveBack();
                    purposesAt = clock.GetUtcNow();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The serving model goes on answering; what was to be learnt is still marked in the database.
                log.LogError(e, "Training failed; trying again in {Seconds} s", AfterFailure.TotalSeconds);
                pause = AfterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken);
        }
    }
}
