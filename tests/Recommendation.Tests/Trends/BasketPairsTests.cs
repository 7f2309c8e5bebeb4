using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Trends;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Trends;

public sealed class BasketPairsTests(RunningService service) : IClassFixture<RunningService>
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task Baskets_of_somebody_who_was_erased_pair_nothing_any_more()
    {
        var (first, second) = (Orders.NewCustomer(), Orders.NewCustomer());
        await service.OrdersAsync([
            Orders.Order(first, Orders.Day, "pair-1", "pair-2"),
            Orders.Order(second, Orders.Day, "pair-1", "pair-2"),
            .. Orders.Bundle("other-1", "other-2"),
        ]);
        var pairs = service.Services.GetRequiredService<BasketPairs>();
        await pairs.ComputeAsync(Ct);
        await pairs.RefreshAsync(Ct);
        Assert.Equal("pair-2", Assert.Single(pairs.Of("pair-1")).ProductId);
        Assert.False(await pairs.ComputeAsync(Ct));

        await service.ConsumeAsync<CustomerErasedConsumer, CustomerErased>(new CustomerErased(first, Orders.Day.AddDays(1)));
        await pairs.ComputeAsync(Ct);
        await pairs.RefreshAsync(Ct);

        Assert.Empty(pairs.Of("pair-1"));
        Assert.NotEmpty(pairs.Of("other-1"));
    }

    [Theory]
    [InlineData(0, 0, 48, false)]
    [InlineData(1, 0, 0, true)]
    [InlineData(100, 100, 1, false)]
    [InlineData(119, 100, 1, false)]
    [InlineData(121, 100, 1, true)]
    [InlineData(1_100_000, 1_000_000, 1, true)]
    [InlineData(99, 100, 1, true)]
    [InlineData(100, 100, 24, true)]
    public void They_are_computed_after_a_fifth_more_an_erasure_or_a_day(int orders, int before, int hours, bool expected) =>
        Assert.Equal(expected, BasketPairs.IsDue(orders, before, TimeSpan.FromHours(hours)));
}
