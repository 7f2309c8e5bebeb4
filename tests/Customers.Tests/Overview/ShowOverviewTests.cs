using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Customers.Overview;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Overview;

public sealed class ShowOverviewTests : IAsyncLifetime
{
    // Sums are of the whole shop: a shop of its own.
    private readonly Shop shop = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task Each_day_of_the_shop_has_its_events_orders_revenue_and_new_customers()
    {
        // 23:30 UTC on 27 February is the 28th in Berlin.
        var late = new DateTimeOffset(2026, 2, 27, 23, 30, 0, TimeSpan.Zero);
        var call = Shop.Track("Order Completed", "a", "visitor-a", new { order_id = "1", total = 12.5 }, Shop.Start);
        await shop.Sends(
            Shop.Track("Product Viewed", null, "visitor-a", null, late),
            Shop.Track("Product Viewed", null, "visitor-b", null, Shop.Start),
            call,
            Shop.Track(
                "Order Completed",
                "a",
                null,
                new
                {
                    order_id = "2",
                    total = 7,
                    currency = "USD",
                },
                Shop.Start
            ),
            Shop.Track("Order Completed", "a", null, new { order_id = "3", total = 1 }, Shop.Start)
        );
        await shop.Sends(call.DeepClone().AsObject(), Shop.Identify("c", "visitor-c"));

        var view = await Overview("days=3");
        Assert.Equal((3, 2, "EUR"), ((int)view["customers"]!, (int)view["identified"]!, (string)view["currency"]!));
        Assert.Equal(
            [("2026-02-27", 0, 0, 0m, 0), ("2026-02-28", 1, 0, 0m, 1), ("2026-03-01", 5, 3, 13.5m, 2)],
            view["days"]!.AsArray().Select(Day)
        );
    }

    [Fact]
    public async Task Merged_customers_count_once_and_sums_survive_folding()
    {
        await shop.Sends(Shop.Identify("known"), Shop.Track("Seen", null, "browser"));
        Assert.Equal((2, 1), await People());
        await shop.Sends(Shop.Identify("known", "browser"));
        Assert.Equal((1, 1), await People());
        var before = (await Overview("days=3")).ToJsonString();

        await shop.Db.ExecuteAsync(DayCounts.FoldSql, null, Ct);
        await shop.Db.ExecuteAsync(DayCounts.FoldSql, null, Ct);

        Assert.Equal(before, (await Overview("days=3")).ToJsonString());
        Assert.Equal(
            (1, 1),
            await shop.Db.QuerySingleAsync<(int, int)>(
                "select (select count(*) from day_counts)::int, (select count(*) from customer_counts)::int",
                null,
                Ct
            )
        );
    }

    [Fact]
    public async Task A_customer_without_a_name_counts_and_one_with_an_address_is_identified()
    {
        await shop.Sends(Shop.Track("Seen", null, "browser"));
        Assert.Equal((1, 0), await People());
        await shop.Sends(Shop.Identify(null, "browser", new { email = "ann@shop.example" }));
        Assert.Equal((1, 1), await People());
        await shop.Db.ExecuteAsync("delete from customers", null, Ct);
        Assert.Equal((0, 0), await People());
    }

    [Fact]
    public async Task Days_out_of_range_are_refused()
    {
        using var response = await shop.Http.GetAsync(new Uri("/api/v1/customers/overview?days=0", UriKind.Relative), Ct);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<JsonObject> Overview(string query) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/customers/overview?" + query, Ct))!;

    private async Task<(int, int)> People()
    {
        var view = await Overview("");
        return ((int)view["customers"]!, (int)view["identified"]!);
    }

    private static (string, int, int, decimal, int) Day(JsonNode? day) =>
        ((string)day!["day"]!, (int)day["events"]!, (int)day["orders"]!, (decimal)day["revenue"]!, (int)day["newCustomers"]!);
}
