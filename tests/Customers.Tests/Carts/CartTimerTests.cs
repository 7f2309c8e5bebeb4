using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Carts;

/// <summary>Carts on a clock of their own; each test starts where the last one left it.</summary>
public sealed class CartTimerTests(CartTimerTests.OwnShop own) : IClassFixture<CartTimerTests.OwnShop>
{
    private readonly Shop shop = own.Shop;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cart_that_lies_for_the_configured_time_is_abandoned_once_however_often_events_repeat()
    {
        var ann = Shop.NewId("ann");
        var add = Add(ann, "tea", "c1", quantity: 2, price: 3.5m);
        await shop.Sends(add, Add(ann, "cup", "c1", price: 8));
        var customer = await shop.CustomerOf(ann);
        Assert.Equal(2, Assert.Single(await shop.Published<CartChanged>(customer)).Lines.Count);
        var touched = shop.Clock.GetUtcNow();

        await After(TimeSpan.FromMinutes(59));
        Assert.Empty(await shop.Published<CartAbandoned>(customer));
        await After(TimeSpan.FromMinutes(1));
        await shop.Sends(add.DeepClone().AsObject());
        await After(TimeSpan.FromHours(2));
        await shop.Sends(Add(ann, "cup", "c1"));
        await After(TimeSpan.FromHours(2));

        var abandoned = Assert.Single(await shop.Published<CartAbandoned>(customer));
        Assert.Equal(
            ("c1", 15m, "EUR", touched, touched.AddHours(1)),
            (abandoned.CartId, abandoned.Total, abandoned.Currency, abandoned.LastTouchedAt, abandoned.At)
        );
        Assert.Equal(["cup", "tea"], abandoned.Lines.Select(line => line.ProductId).Order());
    }

    [Theory]
    [InlineData("c1")]
    [InlineData(null)]
    public async Task An_order_in_time_leaves_nothing_to_remind_of(string? cart)
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Add(ann, "tea", "c1"));
        await After(TimeSpan.FromMinutes(30));
        await shop.Sends(Order(ann, cart));
        await After(TimeSpan.FromHours(5));

        Assert.Empty(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
    }

    [Fact]
    public async Task An_order_that_overtakes_the_touches_of_its_cart_counts_too()
    {
        var ann = Shop.NewId("ann");
        var before = shop.Clock.GetUtcNow().AddMinutes(-10);
        await shop.Sends(Order(ann, "c1"));
        await shop.Sends(Add(ann, "tea", "c1", at: before));
        await After(TimeSpan.FromHours(2));

        Assert.Empty(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
    }

    [Fact]
    public async Task An_emptied_cart_is_not_abandoned_and_events_of_one_time_count_in_the_order_of_their_batch()
    {
        for (var i = 0; i < 8; i++)
        {
            var ann = Shop.NewId("ann");
            await shop.Sends(
                Add(ann, "tea", "c1"),
                Shop.Track("Product Removed", ann, null, new { product_id = "tea", cart_id = "c1" }, shop.Clock.GetUtcNow())
            );
            await After(TimeSpan.FromHours(2));
            Assert.Empty(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
        }
    }

    [Fact]
    public async Task History_expires_silently_and_wakes_with_the_next_touch()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Add(ann, "tea", "c1", at: shop.Clock.GetUtcNow().AddDays(-40)));
        await After(TimeSpan.FromHours(2));
        var customer = await shop.CustomerOf(ann);
        Assert.Empty(await shop.Published<CartAbandoned>(customer));
        Assert.Equal("expired", await Status(customer));

        await shop.Sends(Add(ann, "cup", "c1"));
        await After(TimeSpan.FromHours(2));
        Assert.Equal(2, Assert.Single(await shop.Published<CartAbandoned>(customer)).Lines.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shop_without_cart_ids_gets_a_new_cart_after_each_order(bool reminded)
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Add(ann, "tea"));
        await After(reminded ? TimeSpan.FromHours(2) : TimeSpan.FromMinutes(5));
        // Shops that follow the Segment spec name a checkout in the order and no cart in the touches.
        await shop.Sends(Shop.Track("Order Completed", ann, null, new { order_id = Shop.NewId("o"), checkout_id = "k1" }));
        await After(TimeSpan.FromDays(9));
        await shop.Sends(Add(ann, "cup"));
        await After(TimeSpan.FromHours(2));

        var abandoned = await shop.Published<CartAbandoned>(await shop.CustomerOf(ann));
        Assert.Equal(reminded ? 2 : 1, abandoned.Count);
        Assert.Equal("cup", Assert.Single(abandoned[^1].Lines).ProductId);
        Assert.Equal(abandoned.Count, abandoned.Select(cart => cart.CartId).Distinct().Count());
    }

    [Fact]
    public async Task An_order_in_the_middle_of_a_batch_ends_a_cart()
    {
        var ann = Shop.NewId("ann");
        var now = shop.Clock.GetUtcNow();
        await shop.Sends(
            Add(ann, "cup", at: now.AddMinutes(-1)),
            Add(ann, "tea", at: now.AddMinutes(-3)),
            Shop.Track("Order Completed", ann, null, new { order_id = Shop.NewId("o") }, now.AddMinutes(-2))
        );
        await After(TimeSpan.FromHours(2));

        var abandoned = Assert.Single(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
        Assert.Equal("cup", Assert.Single(abandoned.Lines).ProductId);
    }

    [Fact]
    public async Task An_emptied_cart_without_id_is_followed_by_the_next_one()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Add(ann, "tea"));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await shop.Sends(Shop.Track("Product Removed", ann, null, new { product_id = "tea" }));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await shop.Sends(Add(ann, "cup"));
        var customer = await shop.CustomerOf(ann);

        Assert.Equal(
            [$"{customer:N}-1", $"{customer:N}-1", $"{customer:N}-2"],
            (await shop.Published<CartChanged>(customer)).Select(cart => cart.CartId)
        );
    }

    [Fact]
    public async Task A_visitors_cart_stays_one_cart_when_the_visitor_proves_to_be_known()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Add(ann, "jam"));
        await shop.Sends(Order(ann, null));
        await shop.Sends(Shop.Track("Product Added", null, browser, new { product_id = "tea" }, shop.Clock.GetUtcNow()));
        await After(TimeSpan.FromMinutes(1));
        await shop.Sends(Shop.Identify(ann, browser));
        await shop.Sends(Add(ann, "cup"));
        await After(TimeSpan.FromHours(2));

        var abandoned = Assert.Single(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
        Assert.Equal(["cup", "tea"], abandoned.Lines.Select(line => line.ProductId).Order());
    }

    [Fact]
    public async Task Two_timers_at_once_abandon_a_cart_once()
    {
        var people = Enumerable.Range(0, 20).Select(_ => Shop.NewId("ann")).ToArray();
        await shop.Sends([.. people.Select(id => Add(id, "tea"))]);
        shop.Clock.Advance(TimeSpan.FromHours(2));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.TimerStrikes()));

        foreach (var id in people)
            Assert.Single(await shop.Published<CartAbandoned>(await shop.CustomerOf(id)));
    }

    [Theory]
    [InlineData("""{"abandonedAfter":"00:00:00"}""")]
    [InlineData("""{"abandonedAfter":"-01:00:00"}""")]
    [InlineData("""{"abandonedAfter":"30.00:00:01"}""")]
    [InlineData("""{"abandonedAfter":null}""")]
    [InlineData("""{"abandonedAfter":"soon"}""")]
    [InlineData("{}")]
    public async Task A_time_that_makes_no_sense_is_refused(string settings)
    {
        using var content = new StringContent(settings, System.Text.Encoding.UTF8, "application/json");
        using var response = await shop.Http.PutAsync("/api/v1/settings/carts", content, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_time_can_be_changed_and_holds_at_once()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Add(ann, "tea"));
        try
        {
            await Set("00:00:10");
            await After(TimeSpan.FromSeconds(10));
            Assert.Single(await shop.Published<CartAbandoned>(await shop.CustomerOf(ann)));
        }
        finally
        {
            await Set("01:00:00");
        }

        async Task Set(string time)
        {
            using var response = await shop.Http.PutAsJsonAsync("/api/v1/settings/carts", new { abandonedAfter = time }, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(time, (string)(await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/settings/carts", Ct))!["abandonedAfter"]!);
        }
    }

    private async Task After(TimeSpan time)
    {
        shop.Clock.Advance(time);
        await shop.TimerStrikes();
    }

    private Task<string> Status(Guid customer) =>
        shop.Db.QuerySingleAsync<string>("select status from carts where customer_id = @customer", new { customer }, Ct);

    private JsonObject Add(
        string user,
        string product,
        string? cart = null,
        int quantity = 1,
        decimal price = 1,
        DateTimeOffset? at = null
    ) =>
        Shop.Track(
            "Product Added",
            user,
            null,
            new
            {
                product_id = product,
                cart_id = cart,
                quantity,
                price,
            },
            at ?? shop.Clock.GetUtcNow()
        );

    private JsonObject Order(string user, string? cart) =>
        Shop.Track(
            "Order Completed",
            user,
            null,
            new
            {
                order_id = Shop.NewId("o"),
                cart_id = cart,
                total = 5,
            },
            shop.Clock.GetUtcNow()
        );

    public sealed class OwnShop : IAsyncLifetime
    {
        public Shop Shop { get; } = new();

        public ValueTask InitializeAsync() => Shop.InitializeAsync();

        public ValueTask DisposeAsync() => Shop.DisposeAsync();
    }
}
