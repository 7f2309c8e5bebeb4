using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>
/// What channels do, kept for those who read a list page by page: its later pages are ranked as its first was, and nothing is measured again
/// for each thousand members.
/// </summary>
internal sealed class MeasuredChannels(IOptions<Shop> shop, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private (ChannelsView View, DateTimeOffset At)? last;

    /// <param name="again">Whether this is a later page.</param>
    public async Task<ChannelsView> ReadAsync(UnitOfWork work, bool again, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (again && last is { } kept && now - kept.At < Kept)
            return kept.View;
        var view = await ShowChannels.ReadAsync(work, ShowChannels.Days, shop.Value, now, ct);
        last = (view, now);
        return view;
    }
}
