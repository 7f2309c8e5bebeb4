using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Segmentation;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>Once a night, what each channel does in each segment is told to those who divide budgets.</summary>
internal sealed class TellChannels(SegmentationDatabase db, IOptions<Shop> shop, TimeProvider clock)
{
    /// <returns>Cells told of.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        var now = clock.GetUtcNow();
        var view = await ShowChannels.ReadAsync(work, ShowChannels.Days, shop.Value, now, ct);
        foreach (var cell in view.Cells)
            work.Publish(
                new ChannelEffectivenessMeasured(
                    cell.Segment,
                    cell.Channel,
                    cell.Reach,
                    cell.Conversion.Estimate,
                    cell.Revenue.Estimate,
                    cell.Revenue.Lower,
                    cell.Revenue.Upper,
                    cell.Cost,
                    view.Currency,
                    now
                )
            );
        await work.CommitAsync(ct);
        return view.Cells.Count;
    }
}
