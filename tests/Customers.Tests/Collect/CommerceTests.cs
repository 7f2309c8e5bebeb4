using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class CommerceTests
{
    [Theory]
    [InlineData("Product Added", "add")]
    [InlineData(" product added ", "add")]
    [InlineData("Product Removed", "remove")]
    public void A_product_enters_or_leaves_the_cart(string name, string kind)
    {
        var touch = Assert.IsType<Commerce.Touch>(
            Read(
                name,
                """{"product_id":"p1","name":"Tea","quantity":2,"price":"3.50","url":"https://x.example/tea","image_url":"javascript:1","cart_id":"c1","currency":"usd"}"""
            )
        );

        Assert.Equal((kind, "c1", "USD"), (touch.Kind, touch.CartId, touch.Currency));
        Assert.Equal(new CartLine("p1", "Tea", 2, 3.50m, "https://x.example/tea"), Assert.Single(touch.Lines));
    }

    [Theory]
    [InlineData("""{"sku":"s1"}""", "s1", 1, 0)]
    [InlineData("""{"productId":"p1","quantity":-3,"price":-4}""", "p1", 1, 0)]
    [InlineData("""{"product_id":7,"quantity":"2","price":1e400}""", "7", 2, 0)]
    [InlineData("""{"product_id":"p1","quantity":1e30,"price":1000000000000}""", "p1", 1, 0)]
    [InlineData("""{"product_id":"p1","quantity":99999999,"price":1}""", "p1", 1_000_000, 1)]
    public void Odd_quantities_and_prices_do_no_harm(string properties, string product, int quantity, decimal price)
    {
        var line = Assert.Single(Assert.IsType<Commerce.Touch>(Read("Product Added", properties)).Lines);
        Assert.Equal((product, quantity, price), (line.ProductId, line.Quantity, line.UnitPrice));
    }

    [Fact]
    public void A_list_of_products_is_the_whole_cart()
    {
        var touch = Assert.IsType<Commerce.Touch>(
            Read(
                "Checkout Started",
                """{"checkout_id":9,"products":[{"product_id":"a","quantity":2},7,{"name":"without id"},{"sku":"b"}]}"""
            )
        );
        Assert.Equal(("content", "9", "EUR"), (touch.Kind, touch.CartId, touch.Currency));
        Assert.Equal(["a", "b"], touch.Lines.Select(line => line.ProductId));
    }

    [Theory]
    [InlineData("Cart Viewed", "{}")]
    [InlineData("Cart Viewed", """{"products":null}""")]
    [InlineData("Checkout Started", """{"products":"tea"}""")]
    [InlineData("Product Viewed", """{"product_id":"a"}""")]
    public void Looking_does_not_change_a_cart(string name, string properties) => Assert.Null(Read(name, properties));

    [Theory]
    [InlineData("""{"order_id":1,"coupon":" TEA-10 "}""", "TEA-10")]
    [InlineData("""{"order_id":1,"coupon":"A","coupons":["B",7,""," C "]}""", "A,B,C")]
    [InlineData("""{"order_id":1,"coupon":"","coupons":"none"}""", null)]
    [InlineData("""{"order_id":1}""", null)]
    public void An_order_says_which_coupons_it_used(string properties, string? codes)
    {
        var order = Assert.IsType<Commerce.Bought>(Read("Order Completed", properties));
        Assert.Equal(codes?.Split(','), order.Coupons);
    }

    [Fact]
    public void An_order_costs_what_it_says_or_the_sum_of_its_lines()
    {
        const string Products = """
            "products":[{"product_id":"a","quantity":2,"price":5},{"product_id":"b","price":1.25}]
            """;

        Assert.Equal(99m, Order($$"""{"order_id":"o1","total":99,{{Products}}}""").Total);
        Assert.Equal(98m, Order($$"""{"order_id":"o1","revenue":"98",{{Products}}}""").Total);
        Assert.Equal(11.25m, Order($$"""{"order_id":"o1","total":-1,{{Products}}}""").Total);
        Assert.Equal(0m, Order("""{"order_id":17}""").Total);

        static Commerce.Bought Order(string properties) => Assert.IsType<Commerce.Bought>(Read("Order Completed", properties));
    }

    [Theory]
    [InlineData("Order Refunded")]
    [InlineData("Order Cancelled")]
    public void Money_goes_back_with_or_without_an_amount(string name)
    {
        Assert.Equal(new { Id = "o1", Amount = (decimal?)5m }, Of("""{"order_id":"o1","total":5}"""));
        Assert.Equal(new { Id = "o1", Amount = (decimal?)null }, Of("""{"order_id":"o1"}"""));

        object Of(string properties) =>
            Assert.IsType<Commerce.GivenBack>(Read(name, properties)) is var refund ? new { Id = refund.OrderId, refund.Amount } : null!;
    }

    [Theory]
    [InlineData("""{"order_id":"o1","currency":" usd "}""", "USD")]
    [InlineData("""{"order_id":"o1","currency":"1€x"}""", null)]
    [InlineData("""{"order_id":"o1"}""", null)]
    public void A_refund_that_names_no_currency_leaves_it_to_the_order(string properties, string? currency) =>
        Assert.Equal(currency, Assert.IsType<Commerce.GivenBack>(Read("Order Refunded", properties)).Currency);

    [Theory]
    [InlineData("Product Added", """{"name":"Tea"}""", "product-without-id")]
    [InlineData("Order Completed", """{"total":5}""", "order-without-id")]
    [InlineData("Order Refunded", """{"order_id":""}""", "order-without-id")]
    public void An_event_that_lacks_what_it_needs_says_so(string name, string properties, string reason) =>
        Assert.Equal(reason, Assert.IsType<Commerce.Unusable>(Read(name, properties)).Reason);

    [Fact]
    public void Product_and_channel_are_found_where_shops_put_them()
    {
        Assert.Equal("a", Commerce.ProductOf(Call("Product Viewed", """{"sku":"a"}""")));
        Assert.Equal("social", Commerce.ChannelOf(Call("Post Liked", """{"channel":"Social"}""")));
        Assert.Equal("web", Commerce.ChannelOf(Call("x", "{}") with { Context = JsonElement.Parse("""{"channel":"WEB"}""") }));
        Assert.Null(Commerce.ChannelOf(Call("x", "{}")));
    }

    private static Commerce? Read(string name, string properties) => Commerce.Read(Call(name, properties), "EUR");

    private static Call Call(string name, string properties) =>
        new("track", "m", "ann", null, null, name, JsonElement.Parse(properties), Context: null, Shop.Start, TraceParent: null);
}
