using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Orders;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Orders;

public sealed class StoreRefundsTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Named by what the refund says: nothing, an amount, products with and without a price.</summary>
    [Theory]
    [InlineData("{}", 12)]
    [InlineData("""{"total":3}""", 3)]
    [InlineData("""{"products":[{"product_id":"tea"}]}""", 6)]
    [InlineData("""{"products":[{"product_id":"tea","price":5}]}""", 5)]
    [InlineData("""{"products":[{"product_id":"tea","quantity":2}]}""", 12)]
    public async Task What_goes_back_is_read_from_the_order_and_counts_in_its_currency(string says, decimal amount)
    {
        foreach (var together in new[] { true, false })
        {
            var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
            await Send(together, Order(ann, order), Refund(ann, order, says));
            var refund = Assert.Single(await shop.Published<OrderRefunded>(order));
            Assert.Equal((amount, "USD"), (refund.Amount, refund.Currency));
            Assert.Equal(12 - amount, await SpendOf(ann));
        }
    }

    [Theory]
    [InlineData("{}", 12)]
    [InlineData("""{"products":[{"product_id":"tea"}]}""", 6)]
    public async Task A_refund_that_comes_before_its_order_counts_once_the_order_is_there(string says, decimal amount)
    {
        var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
        await shop.Sends(Refund(ann, order, says));
        Assert.Empty(await shop.Published<OrderRefunded>(order));

        await shop.Sends(Order(ann, order));
        await shop.Sends(Order(ann, order));
        var refund = Assert.Single(await shop.Published<OrderRefunded>(order));
        Assert.Equal((amount, "USD", order), (refund.Amount, refund.Currency, refund.OrderId));
        Assert.Equal(12 - amount, await SpendOf(ann));
    }

    [Fact]
    public async Task An_order_that_is_cancelled_and_refunded_gives_its_money_back_once()
    {
        foreach (var together in new[] { true, false })
        {
            var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
            await Send(
                together,
                Order(ann, order),
                Refund(ann, order, """{"total":5}"""),
                Refund(ann, order, """{"total":12}""", "Order Cancelled"),
                Refund(ann, order, """{"total":12}""")
            );
            var refunds = await shop.Published<OrderRefunded>(order);
            Assert.Equal((3, 12m), (refunds.Count, refunds.Sum(refund => refund.Amount)));
            Assert.Equal(0, await SpendOf(ann));
        }
    }

    [Fact]
    public async Task Two_refunds_of_one_order_at_the_same_time_give_back_no_more_than_it_cost()
    {
        var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
        await shop.Sends(Order(ann, order));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Sends(Refund(ann, order, """{"total":12}"""))));
        Assert.Equal(0, await SpendOf(ann));
    }

    [Fact]
    public async Task A_refund_and_an_order_that_did_not_see_each_other_are_settled_later()
    {
        var (ann, order) = (Shop.NewId("ann"), Shop.NewId("order"));
        await shop.Sends(Order(ann, order), Refund(ann, order, "{}"));
        await shop.Db.ExecuteAsync("update refunds set settled = false, amount = 0 where order_id = @order", new { order }, Ct);

        await using (var work = await shop.Db.BeginAsync(Ct))
        {
            await StoreRefunds.SettleAsync(work, orders: null, Ct);
            await work.CommitAsync(Ct);
        }
        Assert.Equal(0, await SpendOf(ann));
    }

    [Fact]
    public void An_amount_of_another_currency_is_taken_as_said()
    {
        var order = new RefundedOrder(10, "EUR", [], GivenBack: 8);
        Assert.Equal(2, Back("EUR"));
        Assert.Equal(9, Back("USD"));

        decimal Back(string currency) => new Refund(Guid.Empty, "r", "o", [], 9, currency, Shop.Start, null).Settle(order, "EUR")!.Amount;
    }

    private async Task Send(bool together, params JsonObject[] calls)
    {
        foreach (var set in together ? [calls] : calls.Select(call => new[] { call }))
            await shop.Sends(set);
    }

    private async Task<decimal> SpendOf(string user)
    {
        var customer = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{await shop.CustomerOf(user)}", Ct);
        return (decimal)customer!["computed"]!["spend"]!;
    }

    private static JsonObject Refund(string user, string order, string says, string name = "Order Refunded")
    {
        var properties = JsonNode.Parse(says)!.AsObject();
        properties["order_id"] = order;
        return Shop.Track(name, user, null, properties);
    }

    private static JsonObject Order(string user, string id) =>
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
