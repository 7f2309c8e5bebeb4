using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class EvaluationWorkerTests(Shop shop) : IClassFixture<Shop>
{
    [Fact(Timeout = 300_000)]
    public async Task The_worker_evaluates_what_changed_and_what_time_changed_without_being_asked()
    {
        var ct = TestContext.Current.CancellationToken;
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 200), shop.Order(ann, 80));
        var atFirst = await UntilSo(TimeSpan.FromSeconds(1), () => shop.SegmentsOf(ann), segments => segments.Count == 1, ct);
        Assert.StartsWith("rfm-", Assert.Single(atFirst), StringComparison.Ordinal);

        // Nothing arrives any more: only time passes.
        shop.Clock.Advance(TimeSpan.FromDays(10));
        var later = await UntilSo(TimeSpan.FromSeconds(20), () => shop.SegmentsOf(ann), segments => segments.Contains("lapsed"), ct);
        Assert.Equal(2, later.Count);
    }

    /// <summary>Lets the shop's clock tick until it is so; the test's time limit, generous for a busy machine, ends a wait in vain.</summary>
    private async Task<T> UntilSo<T>(TimeSpan tick, Func<Task<T>> read, Func<T, bool> isSo, CancellationToken ct)
    {
        T seen;
        while (!isSo(seen = await read()))
        {
            ct.ThrowIfCancellationRequested();
            shop.Clock.Advance(tick);
        }
        return seen;
    }
}
