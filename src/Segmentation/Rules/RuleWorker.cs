using MarketingPlatform.Platform.Hosting;
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looked = clock.GetTimestamp();
        return Rounds.RunAsync(
            db,
            async ct =>
            {
                var busy = await follow.RunOnceAsync(ct) > 0;
                busy |= await recompute.RunOnceAsync(ct);
                if (clock.GetElapsedTime(looked) > ShadowPause)
                {
                    looked = clock.GetTimestamp();
                    if (await shadow.RunIfDueAsync(ct))
                        await channels.RunAsync(ct);
                }
                return busy ? TimeSpan.Zero : options.Value.FollowPause;
            },
            PauseAfterFailure,
            e => log.LogError(e, "Rules could not be evaluated; trying again in {Pause}", PauseAfterFailure),
            clock,
            stoppingToken
        );
    }
}
