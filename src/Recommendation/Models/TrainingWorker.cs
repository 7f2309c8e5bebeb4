using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>Looks every few seconds whether there is something to learn, and whether another instance promoted a model.</summary>
internal sealed class TrainingWorker(
    RecommendationDatabase database,
    ServingModel serving,
    TrainModel training,
    IOptions<RecommendationOptions> options,
    TimeProvider clock,
    ILogger<TrainingWorker> log
) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.CheckEvery;
            try
            {
                await serving.RefreshAsync(stoppingToken);
                var state = await TrainingState.ReadAsync(database, stoppingToken);
                if (state.IsDue(clock.GetUtcNow(), options.Value))
                {
                    await training.RunAsync(stoppingToken);
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
