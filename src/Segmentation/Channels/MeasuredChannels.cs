using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>
/// What channels do, kept for twenty times as long as it took to measure: a page that asks twice, and a shop of millions of events, measure once.
/// Who reads a list page by page finds its later pages ranked as the first was.
/// </summary>
internal sealed class MeasuredChannels(SegmentationDatabase database, IOptions<Shop> shop, TimeProvider clock) : IDisposable
{
    private const int Patience = 20;
    private static readonly TimeSpan KeptForPages = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim turn = new(1);
    private (ChannelsView View, DateTimeOffset At, TimeSpan Took)? last;

    /// <param name="laterPage">Whether the caller has read a page already.</param>
    public async Task<ChannelsView> ReadAsync(bool laterPage, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            if (last is { } kept && now - kept.At < (laterPage ? KeptForPages : kept.Took * Patience))
                return kept.View;
            // Opened in turn only: who waits holds no connection meanwhile.
            await using var work = await database.BeginAsync(ct);
            var started = clock.GetTimestamp();
            var view = await ShowChannels.ReadAsync(work, ShowChannels.Days, shop.Value, now, ct);
            last = (view, now, clock.GetElapsedTime(started));
            return view;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
