using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Customers.Identity;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Identity;

public sealed class ResolveIdentitiesTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_a_visitor_did_belongs_to_the_person_who_identifies()
    {
        var (ann, browser, order) = (Shop.NewId("ann"), Shop.NewId("browser"), Shop.NewId("order"));
        await shop.Sends(Shop.Identify(ann));
        await shop.Sends(
            Shop.Identify(null, browser, new { plan = "pro" }, new { email_marketing = true }),
            Shop.Track(
                "Product Added",
                null,
                browser,
                new
                {
                    product_id = "a",
                    price = 5,
                    cart_id = "c1",
                }
            ),
            Shop.Track("Order Completed", null, browser, new { order_id = order, total = 5 }),
            Shop.Track("Order Refunded", null, browser, new { order_id = order })
        );
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        Assert.NotEqual(person, visitor);
        await shop.Hears(new SegmentEntered(visitor, Guid.CreateVersion7(), "new", Shop.Start));

        await shop.Sends(Shop.Identify(ann, browser));

        Assert.Equal(person, await shop.CustomerOf(browser));
        var merged = Assert.Single(await shop.Published<CustomersMerged>(visitor));
        Assert.Equal((visitor, person), (merged.From, merged.Into));
        foreach (var table in MergedRows.Tables.Append("carts"))
        {
            Assert.Equal(0, await shop.Count(table, visitor));
            Assert.True(await shop.Count(table, person) > 0, table);
        }
        var view = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{visitor}", Ct);
        Assert.Equal((person, ann), ((Guid)view!["id"]!, (string)view["userId"]!));
    }

    [Fact]
    public async Task A_visitor_who_becomes_known_keeps_the_id()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Track("Product Viewed", null, browser));
        var visitor = await shop.CustomerOf(browser);
        await shop.Sends(Shop.Identify(ann, browser));

        Assert.Equal(visitor, await shop.CustomerOf(ann));
        Assert.Empty(await shop.Published<CustomersMerged>(visitor));
    }

    [Fact]
    public async Task Merges_of_merged_customers_lead_to_the_last_one()
    {
        var (a, b, c) = (Shop.NewId("a"), Shop.NewId("b"), Shop.NewId("c"));
        await shop.Sends(Shop.Identify(a), Shop.Identify(b), Shop.Identify(c));
        var (first, second, third) = (await shop.CustomerOf(a), await shop.CustomerOf(b), await shop.CustomerOf(c));
        await shop.Sends(Alias(a, b));
        await shop.Sends(Alias(b, c));

        Assert.Equal(third, await shop.CustomerOf(a));
        foreach (var id in new[] { first, second })
            Assert.Equal(third, (Guid)(await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{id}", Ct))!["id"]!);
    }

    [Fact]
    public async Task Thirty_two_identical_identifications_at_once_make_one_customer()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => shop.Sends(Shop.Identify(ann, browser, new { plan = "pro" }))));

        var customer = await shop.CustomerOf(ann);
        Assert.Equal(customer, await shop.CustomerOf(browser));
        Assert.Equal(32, await shop.Count("events", customer));
        Assert.Equal(1, await shop.Db.QuerySingleAsync<int>("select count(*)::int from customers where user_id = @ann", new { ann }, Ct));
    }

    internal static JsonObject Alias(string previous, string user) => Shop.Call("alias", user, null, new { previousId = previous });
}

/// <summary>Two processes of the service on one database.</summary>
public sealed class TwoInstancesTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_instances_that_meet_the_same_people_at_once_make_each_of_them_once()
    {
        using var other = await shop.AddInstanceAsync();
        var people = Enumerable.Range(0, 40).Select(_ => Shop.NewId("race")).ToArray();
        var random = new Random(7);

        // Each batch names ten of them in an order of its own, some as visitors whom others know by name.
        var batches = Enumerable
            .Range(0, 40)
            .Select(i =>
                Shop.Sends(
                    i % 2 == 0 ? shop.Http : other,
                    [
                        .. random
                            .GetItems(people, 10)
                            .Select(id =>
                                random.Next(3) == 0
                                    ? Shop.Track("Product Viewed", null, "browser-" + id)
                                    : Shop.Identify(id, "browser-" + id)
                            ),
                    ]
                )
            );
        await Task.WhenAll(batches);
        await shop.Sends([.. people.Select(id => Shop.Identify(id, "browser-" + id))]);

        var customers = await shop.Db.QueryAsync<Guid>("select distinct customer_id from identifiers where value like '%race-%'", null, Ct);
        Assert.Equal(people.Length, customers.Count);
        Assert.Equal(
            people.Length,
            await shop.Db.QuerySingleAsync<int>("select count(*)::int from customers where id = any(@customers)", new { customers }, Ct)
        );
        Assert.Equal(
            400 + people.Length,
            await shop.Db.QuerySingleAsync<int>(
                "select count(*)::int from events where customer_id = any(@customers)",
                new { customers },
                Ct
            )
        );
    }

    [Fact]
    public async Task A_visitor_whom_two_instances_name_differently_at_once_becomes_one_of_the_two()
    {
        using var other = await shop.AddInstanceAsync();
        for (var round = 0; round < 10; round++)
        {
            var (ann, bob, browser) = (Shop.NewId("ann"), Shop.NewId("bob"), Shop.NewId("browser"));
            await shop.Sends(Shop.Identify(ann), Shop.Identify(bob), Shop.Track("Product Viewed", null, browser));
            var visitor = await shop.CustomerOf(browser);
            await Task.WhenAll(shop.Sends(Shop.Identify(ann, browser)), Shop.Sends(other, Shop.Identify(bob, browser)));

            var merged = Assert.Single(await shop.Published<CustomersMerged>(visitor));
            Assert.Equal(merged.Into, await shop.CustomerOf(browser));
            Assert.Equal(
                merged.Into,
                await shop.Db.QuerySingleAsync<Guid>("select into_id from merges where from_id = @visitor", new { visitor }, Ct)
            );
        }
    }
}
