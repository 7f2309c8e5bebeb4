using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Orders;

public sealed class StoreOrdersTests(Shop shop)
{
    [Fact]
    public async Task An_order_is_placed_once_however_often_it_is_sent()
    {
        var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
        await shop.Sends(Order(ann, order), Order(ann, order));
        await shop.Sends(Order(ann, order));

        var placed = Assert.Single(await shop.Published<OrderPlaced>(order));
        Assert.Equal(
            (await shop.CustomerOf(ann), 12m, "USD", 2),
            (placed.CustomerId, placed.Total, placed.Currency, Assert.Single(placed.Lines).Quantity)
        );
    }

    [Fact]
    public async Task An_order_without_id_is_behaviour_and_named_as_rejected()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Track("Order Completed", ann, null, new { total = 5, note = ann }));

        Assert.Equal(1, await shop.Count("events", await shop.CustomerOf(ann)));
        Assert.Equal(
            "order-without-id",
            await shop.Db.QuerySingleAsync<string>(
                "select reason from rejections where body like '%' || @ann || '%'",
                new { ann },
                TestContext.Current.CancellationToken
            )
        );
    }

    private static System.Text.Json.Nodes.JsonObject Order(string user, string id) =>
        Shop.Track(
            "Order Completed",
            user,
            null,
            new
            {
                order_id = id,
                total = 12,
                currency = "usd",
                products = new[]
                {
                    new
                    {
                        product_id = "tea",
                        quantity = 2,
                        price = 6,
                    },
                },
            }
        );
}
