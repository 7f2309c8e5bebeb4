using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Customers;

public sealed class MergesTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_merge_folds_orders_and_an_unmerge_restores_them()
    {
        var (ann, anonymous) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Order(ann, 120, 30), shop.Order(anonymous, 10, 50));
        await shop.Evaluates();
        Assert.Equal(["lapsed"], await shop.RulesOf(ann));
        Assert.Equal(["new"], await shop.RulesOf(anonymous));

        await shop.Hears(new CustomersMerged(anonymous, ann, Shop.Start));
        await shop.Evaluates();
        Assert.Equal((2, 80m), await FrequencyAndMoney(ann));
        Assert.Empty(await shop.RulesOf(ann)); // seen long ago, ordered lately
        Assert.Empty(await shop.SegmentsOf(anonymous));

        await shop.Hears(shop.Order(anonymous, 1, 5)); // a late event of the old id lands at the new one
        await shop.Evaluates();
        Assert.Equal((3, 85m), await FrequencyAndMoney(ann));

        await shop.Hears(new CustomersUnmerged(anonymous, ann, Shop.Start.AddSeconds(1)));
        await shop.Evaluates();
        Assert.Equal((1, 30m), await FrequencyAndMoney(ann));
        Assert.Equal((2, 55m), await FrequencyAndMoney(anonymous));
        Assert.Equal(["lapsed"], await shop.RulesOf(ann));
        Assert.Equal(["new"], await shop.RulesOf(anonymous));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Chains_and_undone_merges_end_the_same_in_any_order(int seed)
    {
        var (a, b, c, d) = (Shop.NewCustomer(), Shop.NewCustomer(), Shop.NewCustomer(), Shop.NewCustomer());
        object[] messages =
        [
            new CustomersMerged(a, b, Shop.Start),
            new CustomersUnmerged(a, b, Shop.Start.AddSeconds(1)),
            new CustomersMerged(b, a, Shop.Start.AddSeconds(2)), // the other way round: a circle until the undoing arrives
            new CustomersMerged(a, c, Shop.Start.AddSeconds(3)),
            new CustomersMerged(c, d, Shop.Start.AddSeconds(4)),
            new CustomersUnmerged(c, d, Shop.Start.AddSeconds(5)),
        ];
        new Random(seed).Shuffle(messages);
        foreach (var message in messages)
            await shop.Hears(message);

        var roots = await shop.Db.QueryAsync<(Guid From, Guid Root)>(
            "select from_id, root_id from merges where from_id = any (@ids)",
            new { ids = new[] { a, b, c, d } },
            Ct
        );
        Assert.Equal(
            new Dictionary<Guid, Guid>
            {
                [a] = c,
                [b] = c,
                [c] = c,
            },
            roots.ToDictionary(r => r.From, r => r.Root)
        );
    }

    private async Task<(int, decimal)> FrequencyAndMoney(Guid customer) =>
        await shop.Db.QuerySingleAsync<(int, decimal)>(
            "select frequency, monetary from rfm_scores where customer_id = @customer",
            new { customer },
            Ct
        );
}
