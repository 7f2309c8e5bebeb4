using System.Net.Http.Headers;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Demo.Shop;
using MarketingPlatform.Cli.Progress;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Cli.Demo.Feed;

/// <summary>Sends history through the front door, some requests at a time. The platform sorts events by their own time.</summary>
internal sealed class HistoryFeed(PlatformApi api, TimeProvider clock)
{
    private const int InFlight = 4;

    /// <returns>Events the platform has taken.</returns>
    public async Task<long> SendAsync(
        IEnumerable<ShopCall> calls,
        DateTimeOffset start,
        DateTimeOffset end,
        IProgress<Step> progress,
        CancellationToken ct
    )
    {
        var sent = 0L;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = ct };
        await Parallel.ForEachAsync(
            BatchPacker.Pack(calls),
            parallel,
            async (batch, stop) =>
            {
                await api.CollectAsync(Routes.Collect + "/batch", () => Body(batch), stop);
                var done = Interlocked.Add(ref sent, batch.Count);

                // How many there will be is not known beforehand: time measures how far we are.
                progress.Report(new Step((batch.Last - start) / (end - start), $"{done:N0} events, up to {batch.Last:MMMM yyyy}"));
            }
        );
        return sent;
    }

    private ByteArrayContent Body(Batch batch) =>
        new(batch.ToBody(clock.GetUtcNow())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
