using MarketingPlatform.Segmentation.Channels;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Keeps rule segments up to date: follows customers as long as there are any, recomputes what changed, compares at night.</summary>
internal sealed class RuleWorker(
    SegmentationDatabase db,
    FollowCustomers follow,
    RecomputeSegments recompute,
    ShadowRecompute shadow,
    TellChannels channels,
    IOptions<SegmentationOptions> options,
    TimeProvider clock,
    ILogger<RuleWorker> log
) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShadowPause = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No exception ends it: a host that is disposed without being stopped would log one as a failure.
        await db.WhenReadyAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var looked = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.FollowPause;
            try
            {
                var busy = await follow.RunOnceAsync(stoppingToken) > 0;
                busy |= await recompute.RunOnceAsync(stoppingToken);
                if (clock.GetElapsedTime(looked) > ShadowPause)
                {
                    looked = clock.GetTimestamp();
                    if (await shadow.RunIfDueAsync(stoppingToken))
                        await channels.RunAsync(stoppingToken);
                }
                if (busy)
                    continue;
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
                log.LogError(e, "Rules could not be evaluated; trying again in {Pause}", PauseAfterFailure);
                pause = PauseAfterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
