using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>
/// Looks for work every few seconds, and rests four times as long as the last evaluation took: a fifth of one core's time at most, and
/// never longer than an hour: one evaluation that hung for an afternoon must not cost a night of silence.
/// </summary>
internal sealed class EvaluationWorker(
    SegmentationDatabase db,
    SegmentEvaluation evaluation,
    IOptions<SegmentationOptions> options,
    TimeProvider clock,
    ILogger<EvaluationWorker> log
) : BackgroundService
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No exception ends it: a host that is disposed without being stopped would log one as a failure.
        await db.WhenReadyAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = clock.GetTimestamp();
            try
            {
                await evaluation.RunIfDueAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever it is, it comes of going down: the database is closed under its feet.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning restore CA1031
#pragma warning disable CA1031 // The transaction rolled back and its marks are still there: the next turn does what this one could not.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogError(e, "Segments could not be evaluated; trying again in {Pause}", options.Value.RecomputeDebounce);
            }
            var rest = clock.GetElapsedTime(started) * 4;
            rest = rest > LongestRest ? LongestRest : rest;
            await Task.Delay(rest > options.Value.RecomputeDebounce ? rest : options.Value.RecomputeDebounce, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
