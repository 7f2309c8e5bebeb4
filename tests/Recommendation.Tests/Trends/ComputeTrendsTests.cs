using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Trends;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Trends;

public sealed class ComputeTrendsTests(RunningService service) : IClassFixture<RunningService>
{
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task One_visitor_with_ten_thousand_views_does_not_move_what_trends()
    {
        await service.UpsertAsync(new("rises", "Rises"), new("poisoned", "Poisoned"), new("steady", "Steady"), new("club", "Club"));
        var (fans, members) = (People(12), People(6));
        // Looked at all week by many: no news.
        await ViewAsync([.. People(40).Select((who, n) => (who, "steady", now.AddHours(-4 * n)))]);
        await ViewAsync([.. fans.Select((who, n) => (who, "rises", now.AddMinutes(-n)))]);
        await service.ConsumeAsync<SegmentEnteredConsumer, SegmentEntered>([
            .. members.Select(who => new SegmentEntered(who, Guid.CreateVersion7(), "club", now)),
        ]);
        await ViewAsync([.. members.Select(who => (who, "club", now.AddMinutes(-1)))]);
        await ComputeAsync();
        var before = await ItemsAsync("");
        Assert.Equal("rises", before[0]);

        var robot = Orders.NewCustomer();
        foreach (var part in Enumerable.Range(0, 10_000).Chunk(500))
        {
            await ViewAsync([.. part.Select(n => (robot, "poisoned", now.AddSeconds(-n % 60)))]);
        }
        await ComputeAsync();

        Assert.Equal(before, await ItemsAsync(""));
        Assert.DoesNotContain("poisoned", await ItemsAsync(""));
        // Among the members their own is first.
        Assert.Equal("club", (await ItemsAsync($"&customer={members[0]}"))[0]);
    }

    private static Guid[] People(int count) => [.. Enumerable.Range(0, count).Select(_ => Orders.NewCustomer())];

    private Task ViewAsync((Guid Who, string Product, DateTimeOffset At)[] views) =>
        service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
            new BehaviourBatch([
                .. views.Select(v => new BehaviourEvent(
                    Guid.CreateVersion7(),
                    v.Who,
                    "track",
                    "Product Viewed",
                    v.Product,
                    "web",
                    null,
                    v.At
                )),
            ])
        );

    private Task ComputeAsync() => service.Services.GetRequiredService<ComputeTrends>().RunAsync(TimeSpan.Zero, RunningService.Ct);

    private async Task<string[]> ItemsAsync(string who) =>
        [
            .. (await service.RecommendAsync("?placement=trending&limit=10" + who))
                .Items.Where(i => i.Source == "trending")
                .Select(i => i.ProductId),
        ];
}
