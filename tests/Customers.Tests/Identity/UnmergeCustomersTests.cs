using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Identity;

public sealed class UnmergeCustomersTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_merge_that_is_undone_leaves_both_as_they_were(int seed)
    {
        var random = new Random(seed);
        var (ann, browser, cart) = (Shop.NewId("ann"), Shop.NewId("browser"), Shop.NewId("cart"));
        await shop.Sends(Shop.Identify(ann), Shop.Track("Visited", null, browser));
        foreach (var _ in Enumerable.Range(0, 12))
            await shop.Sends(SomeCall(random, ann, null, cart), SomeCall(random, null, browser, cart));
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        var before = (Person: await StateOf(person), Visitor: await StateOf(visitor));

        // An alias that happened before all else moves nobody's last time.
        await shop.Sends(Alias(browser, ann, Shop.Start.AddDays(-60)));
        Assert.Equal(person, await shop.CustomerOf(browser));
        await UnmergesAsync(visitor);

        Assert.Equal(before.Visitor, await StateOf(visitor));
        Assert.Equal(before.Person, WithoutAlias(await StateOf(person)));
        Assert.Equal(visitor, await shop.CustomerOf(browser));
        var unmerged = Assert.Single(await shop.Published<CustomersUnmerged>(visitor));
        Assert.Equal((visitor, person), (unmerged.From, unmerged.Into));
        Assert.True(unmerged.At > Assert.Single(await shop.Published<CustomersMerged>(visitor)).At);
    }

    [Fact]
    public async Task Profile_and_timeline_tell_who_was_merged_and_that_it_was_undone()
    {
        var (ann, bob) = (Shop.NewId("ann"), Shop.NewId("bob"));
        await shop.Sends(Shop.Identify(ann), Shop.Identify(bob));
        var (person, other) = (await shop.CustomerOf(ann), await shop.CustomerOf(bob));
        await shop.Sends(Alias(bob, ann, Shop.Start));

        var merged = Assert.Single((await Get($"/api/v1/customers/{person}"))["merged"]!.AsArray())!;
        Assert.Equal((other, true), ((Guid)merged["id"]!, (bool)merged["canBeUndone"]!));
        Assert.Equal([bob], merged["names"]!.AsArray().Select(name => (string)name!));
        Assert.Equal([(other, "merged")], await Merges());

        await UnmergesAsync((Guid)merged["id"]!);
        Assert.Empty((await Get($"/api/v1/customers/{person}"))["merged"]!.AsArray());
        Assert.Equal([(other, "unmerged")], await Merges());

        async Task<JsonObject> Get(string path) => (await shop.Http.GetFromJsonAsync<JsonObject>(path, Ct))!;
        async Task<IEnumerable<(Guid, string)>> Merges() =>
            (await Get($"/api/v1/customers/{person}/timeline"))["items"]!
                .AsArray()
                .Where(entry => ((string)entry!["kind"]!).EndsWith("merged", StringComparison.Ordinal))
                .Select(entry => ((Guid)entry!["properties"]!["customerId"]!, (string)entry["kind"]!));
    }

    [Fact]
    public async Task What_comes_after_the_merge_stays_with_the_one_who_stayed()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(
            Shop.Identify(ann, null, new { plan = "basic" }, at: Shop.Start.AddDays(-3)),
            Shop.Identify(null, browser, new { plan = "trial", colour = "red" }, at: Shop.Start.AddDays(-2))
        );
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        await shop.Sends(Shop.Identify(ann, browser, at: Shop.Start.AddDays(-1)));
        await shop.Sends(Shop.Identify(ann, null, new { size = "L" }));
        Assert.Equal(("trial", "red", "L"), await TraitsOf(person));

        await UnmergesAsync(visitor);

        Assert.Equal(("basic", null, "L"), await TraitsOf(person));
        Assert.Equal(("trial", "red", null), await TraitsOf(visitor));
        var versions = (await shop.Published<CustomerProfileChanged>(visitor)).Select(profile => profile.Version).ToArray();
        Assert.Equal(versions.Order().Distinct(), versions); // so that every reader takes the restored one
    }

    [Fact]
    public async Task Undoing_one_merge_of_a_chain_brings_back_those_below_it()
    {
        var (a, b, c) = (Shop.NewId("a"), Shop.NewId("b"), Shop.NewId("c"));
        await shop.Sends(Shop.Identify(a), Shop.Identify(b), Shop.Identify(c));
        var (first, second, third) = (await shop.CustomerOf(a), await shop.CustomerOf(b), await shop.CustomerOf(c));
        await shop.Sends(Alias(a, b, Shop.Start));
        await shop.Sends(Alias(b, c, Shop.Start));
        Assert.Equal(third, await shop.CustomerOf(a));

        await UnmergesAsync(second);
        Assert.Equal((second, second, third), (await shop.CustomerOf(a), await shop.CustomerOf(b), await shop.CustomerOf(c)));

        await UnmergesAsync(first);
        Assert.Equal((first, second, third), (await shop.CustomerOf(a), await shop.CustomerOf(b), await shop.CustomerOf(c)));
    }

    [Fact]
    public async Task Who_was_taken_apart_is_joined_again_by_an_alias_only()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(ann), Shop.Track("Visited", null, browser));
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        await shop.Sends(Shop.Identify(ann, browser));
        await UnmergesAsync(visitor);

        await shop.Sends(Shop.Track("Visited", ann, browser));
        Assert.Equal((person, visitor), (await shop.CustomerOf(ann), await shop.CustomerOf(browser)));

        await shop.Sends(Alias(browser, ann, Shop.Start));
        Assert.Equal(person, await shop.CustomerOf(browser));
        await UnmergesAsync(visitor);
        Assert.Equal(visitor, await shop.CustomerOf(browser));
    }

    [Fact]
    public async Task A_customer_who_was_not_merged_cannot_be_taken_apart_and_is_told_who_can()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(ann), Shop.Track("Visited", null, browser));
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        Assert.Equal(HttpStatusCode.NotFound, (await TriesToUnmergeAsync(person)).Status);

        await shop.Sends(Shop.Identify(ann, browser));
        var (status, says) = await TriesToUnmergeAsync(person);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains(visitor.ToString(), says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_tells_what_a_merge_would_touch_and_changes_nothing()
    {
        var (ann, bob) = (Shop.NewId("ann"), Shop.NewId("bob"));
        await shop.Sends(
            Shop.Identify(ann, null, new { city = "Bonn", plan = "basic" }, at: Shop.Start.AddDays(-2)),
            Shop.Identify(bob, null, new { city = "Jena" }, at: Shop.Start.AddDays(-1)),
            Shop.Track("Visited", bob)
        );
        var (into, from) = (await shop.CustomerOf(ann), await shop.CustomerOf(bob));

        var preview = (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{into}/merge-preview?with={from}", Ct))!;

        Assert.Equal((from, into), ((Guid)preview["from"]!, (Guid)preview["into"]!));
        Assert.Equal(2, (long)preview["rows"]!.AsArray().Single(row => (string)row!["table"]! == "events")!["rows"]!);
        Assert.Equal("Jena", (string?)preview["profile"]!["city"]);
        var conflict = preview["conflicts"]!.AsArray().Single()!;
        Assert.Equal(("city", "Jena", "Bonn"), ((string)conflict["trait"]!, (string)conflict["kept"]!, (string)conflict["lost"]!));
        Assert.Contains("two people", (string)preview["warnings"]!.AsArray().Single()!, StringComparison.Ordinal);
        Assert.Equal((into, from), (await shop.CustomerOf(ann), await shop.CustomerOf(bob)));
    }

    private static JsonObject SomeCall(Random random, string? user, string? browser, string cart)
    {
        var at = Shop.Start.AddHours(-random.Next(1, 700));
        var product = "p" + random.Next(4);
        return random.Next(6) switch
        {
            0 => Shop.Identify(user, browser, new { plan = random.Next(5), city = "C" + random.Next(3) }, at: at),
            1 => Shop.Identify(user, browser, new { size = random.Next(5) }, new { email_marketing = random.Next(2) == 0 }, at),
            2 => Shop.Track(
                "Product Added",
                user,
                browser,
                new
                {
                    product_id = product,
                    price = 5,
                    cart_id = cart,
                },
                at
            ),
            3 => Shop.Track("Product Added", user, browser, new { product_id = product, price = 7 }, at),
            4 => Shop.Track("Order Completed", user, browser, new { order_id = Shop.NewId("order"), total = random.Next(1, 9) }, at),
            _ => Shop.Track("Product Viewed", user, browser, new { product_id = product }, at),
        };
    }

    private static JsonObject Alias(string previous, string user, DateTimeOffset at)
    {
        var alias = Shop.Call("alias", user, null, new { timestamp = at });
        alias["previousId"] = previous;
        return alias;
    }

    private async Task UnmergesAsync(Guid customer)
    {
        var (status, says) = await TriesToUnmergeAsync(customer);
        Assert.True(status == HttpStatusCode.OK, says);
    }

    private async Task<(HttpStatusCode Status, string Says)> TriesToUnmergeAsync(Guid customer)
    {
        using var answer = await shop.Http.PostAsync(new Uri($"/api/v1/customers/{customer}/unmerge", UriKind.Relative), null, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task<(string?, string?, string?)> TraitsOf(Guid customer) =>
        await shop.Db.QuerySingleAsync<(string?, string?, string?)>(
            "select traits #>> '{plan,v}', traits #>> '{colour,v}', traits #>> '{size,v}' from customers where id = @customer",
            new { customer },
            Ct
        );

    private static string WithoutAlias(string state) =>
        string.Join('\n', state.Split('\n').Where(row => !row.Contains("\"kind\": \"alias\"", StringComparison.Ordinal)));

    /// <summary>Everything that is kept of a customer, but for what counts changes and where a row once came from.</summary>
    private async Task<string> StateOf(Guid customer)
    {
        var rows = new List<string>();
        foreach (
            var table in new[]
            {
                "customers",
                "identifiers",
                "events",
                "consents",
                "carts",
                "cart_touches",
                "orders",
                "refunds",
                "profile_parts",
                "folded_carts",
                "timeline_entries",
            }
        )
            rows.AddRange(
                await shop.Db.QueryAsync<string>(
                    $"select '{table} ' || (to_jsonb(t) - 'version' - 'origin_id' - 'first_seen_at' - 'last_seen_at')::text from {table} t where {(table == "customers" ? "id" : "customer_id")} = @customer order by 1",
                    new { customer },
                    Ct
                )
            );
        return string.Join('\n', rows);
    }
}
