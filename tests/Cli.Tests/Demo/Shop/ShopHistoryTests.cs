using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using MarketingPlatform.Cli.Demo;
using MarketingPlatform.Cli.Demo.Shop;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo.Shop;

public sealed class ShopHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_makes_the_same_history() =>
        Assert.Equal(Json(History(seed: 5, customers: 60).Calls()), Json(History(seed: 5, customers: 60).Calls()));

    [Fact]
    public void Another_seed_makes_another_history_with_other_message_ids() =>
        Assert.Empty(Ids(History(seed: 5, customers: 60)).Intersect(Ids(History(seed: 6, customers: 60))));

    /// <summary>Otherwise the second run of the demo would add a second history instead of duplicates that the platform drops.</summary>
    [Fact]
    public void On_another_day_the_same_messages_tell_the_same()
    {
        var today = History(seed: 5, customers: 60).Calls().ToDictionary(call => call.MessageId, Content);
        var later = new ShopHistory(Catalogue.Generate(5), 5, 60, Now.AddDays(9).AddHours(5))
            .Calls()
            .ToDictionary(call => call.MessageId, Content);

        // Around the present a call may just not have happened yet; a withdrawal's time decides what a later sign-in says.
        var shared = today.Keys.Intersect(later.Keys).ToArray();
        Assert.InRange(shared.Length, today.Count * 99 / 100, today.Count);
        Assert.InRange(shared.Count(id => today[id] == later[id]), shared.Length * 99 / 100, shared.Length);
    }

    [Fact]
    public void Every_small_shop_is_in_order_and_within_its_two_years() =>
        Gen.Select(Gen.Int[1, 20_000], Gen.Int[1, 25], Gen.Int[-40_000, 40_000])
            .Sample(
                (seed, customers, hours) =>
                {
                    var now = Now.AddHours(hours);
                    var history = new ShopHistory(Catalogue.Generate(seed), seed, customers, now);
                    var ids = new HashSet<string>();
                    var last = history.Start.AddHours(-5);
                    foreach (var call in history.Calls())
                    {
                        if (call.At < last || call.At > now || !ids.Add(call.MessageId) || call.UserId is null && call.AnonymousId is null)
                            return false;
                        last = call.At;
                    }
                    return true;
                },
                iter: 60
            );

    [Fact]
    public void A_full_shop_has_believable_figures()
    {
        var history = History(seed: 1, customers: 2_000);
        var events = new Dictionary<string, int>();
        var calls = 0;
        foreach (var call in history.Calls())
        {
            calls++;
            var name = call.Name ?? call.Type;
            events[name] = events.GetValueOrDefault(name) + 1;
        }
        var orders = history.Lives.Select(life => life.Orders).Order().ToArray();
        var lives = history.Lives;

        Assert.InRange(calls, 100_000, 150_000);
        Assert.InRange(orders.Average(), 6, 8);
        Assert.True(orders[1_000] < orders.Average() - 1, "a few customers buy much");
        Assert.InRange(orders.Count(count => count == 0), 20, 500);
        Assert.InRange(lives.Count(life => life.Shopper.Character.AllowsEmail), 1_400, 1_600);
        Assert.InRange(lives.Count(life => life.Shopper.Character.AllowsEmail && !life.AllowsEmailAt(Now)), 50, 200);
        Assert.InRange(events["Order Refunded"] / (double)events["Order Completed"], 0.02, 0.05);
        Assert.InRange(events["Social Engaged"], 1_500, 8_000);
        Assert.All(
            ["Home", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Checkout Started", "identify"],
            name => Assert.InRange(events.GetValueOrDefault(name), 100, calls)
        );
        Assert.Equal(2_000, lives.Select(life => life.Shopper.Email).Distinct().Count());
        Assert.All(lives, life => Assert.Matches(@"^[a-z]+\.[a-z]+\d+@example\.(com|org|net)$", life.Shopper.Email));
    }

    [Fact]
    public void Some_carts_are_abandoned_and_each_order_has_a_cart_of_its_own()
    {
        var carts = new HashSet<string>();
        var ordered = new List<string>();
        foreach (var call in History(seed: 1, customers: 200).Calls())
        {
            if (call.Name == "Product Added")
                carts.Add((string)call.Body["cart_id"]!);
            if (call.Name == "Order Completed")
                ordered.Add((string)call.Body["cart_id"]!);
        }

        Assert.Equal(ordered.Count, ordered.Distinct().Count());
        Assert.Subset(carts, ordered.ToHashSet());
        Assert.InRange(carts.Count - ordered.Count, carts.Count / 20, carts.Count / 2);
    }

    [Fact]
    public void Customers_browse_anonymously_first_and_sign_in_with_both_ids()
    {
        var signedIn = new HashSet<string>();
        foreach (var call in History(seed: 3, customers: 100).Calls())
        {
            if (call.Type == "identify")
            {
                Assert.NotNull(call.AnonymousId);
                signedIn.Add(call.UserId!);
            }
            else if (call.UserId is not null)
            {
                Assert.Contains(call.UserId, signedIn);
            }
        }
        Assert.Equal(100, signedIn.Count);
    }

    [Fact]
    public void The_total_of_an_order_is_its_goods_and_shipping() =>
        Assert.All(
            History(seed: 1, customers: 50).Calls().Where(call => call.Name == "Order Completed"),
            call =>
            {
                var goods = call.Body["products"]!.AsArray().Sum(line => (decimal)line!["price"]! * (int)line["quantity"]!);
                Assert.Equal((decimal)call.Body["total"]!, goods + (decimal)call.Body["shipping"]!);
            }
        );

    [Fact]
    public void Hidden_tastes_show_in_what_is_bought()
    {
        var catalogue = Catalogue.Generate(1);
        var history = new ShopHistory(catalogue, 1, 500, Now);
        _ = history.Calls().Count();

        // The share of purchases from a customer's three favourite categories of twelve; without tastes it would be a quarter.
        var (favourite, all) = (0, 0);
        foreach (var life in history.Lives)
        {
            var tastes = life.Shopper.Character.Tastes;
            var best = Enumerable.Range(0, 12).OrderByDescending(category => tastes[category]).Take(3).ToHashSet();
            favourite += life.Bought.Count(product => best.Contains(catalogue.Products[product].Category));
            all += life.Bought.Count;
        }
        Assert.InRange((double)favourite / all, 0.45, 0.85);
    }

    [Fact]
    public void Products_that_go_together_are_bought_together_more_often_than_by_chance()
    {
        var catalogue = Catalogue.Generate(1);
        var index = catalogue.Products.ToDictionary(product => product.Id, product => product.Index);
        var (pairs, companions) = (0, 0);
        foreach (var call in new ShopHistory(catalogue, 1, 300, Now).Calls().Where(call => call.Name == "Order Completed"))
        {
            var lines = call.Body["products"]!.AsArray().Select(line => catalogue.Products[index[(string)line!["product_id"]!]]).ToArray();
            foreach (var (first, second) in lines.Zip(lines.Skip(1)))
            {
                pairs++;
                companions += first.Companions.Contains(second.Index) ? 1 : 0;
            }
        }
        Assert.InRange((double)companions / pairs, 0.3, 0.6);
    }

    [Fact]
    public void A_call_is_written_as_the_Segment_API_wants_it()
    {
        var calls = History(seed: 1, customers: 30).Calls().ToArray();

        var identify = Parse(calls.First(call => call.Type == "identify"));
        var viewed = Parse(calls.First(call => call.Name == "Product Viewed"));
        var page = Parse(calls.First(call => call.Type == "page"));

        Assert.Contains('@', identify.GetProperty("traits").GetProperty("email").GetString()!);
        var preferences = identify.GetProperty("context").GetProperty("consent").GetProperty("categoryPreferences");
        Assert.True(preferences.TryGetProperty("email_marketing", out _) && preferences.TryGetProperty("profiling", out _));
        Assert.Equal("track", viewed.GetProperty("type").GetString());
        Assert.Equal("Product Viewed", viewed.GetProperty("event").GetString());
        Assert.Equal(JsonValueKind.Number, viewed.GetProperty("properties").GetProperty("price").ValueKind);
        Assert.True(viewed.GetProperty("timestamp").GetDateTimeOffset() <= Now);
        Assert.Equal("Home", page.GetProperty("name").GetString());
    }

    [Fact]
    public void The_story_has_a_hero_who_allows_mail_and_wants_what_he_never_bought()
    {
        var catalogue = Catalogue.Generate(1);
        var history = new ShopHistory(catalogue, 1, 2_000, Now);
        _ = history.Calls().Count();

        var hero = StoryCast.Candidates(history.Lives, Now)[0];
        var wishes = StoryCast.Wishes(hero, catalogue, 2);

        Assert.True(hero.AllowsEmailAt(Now));
        Assert.InRange(hero.Orders, 4, 20);
        Assert.Equal(2, wishes.Distinct().Count());
        Assert.DoesNotContain(wishes, product => hero.Bought.Contains(product.Index));
    }

    private static ShopHistory History(int seed, int customers) => new(Catalogue.Generate(seed), seed, customers, Now);

    private static IEnumerable<string> Ids(ShopHistory history) => history.Calls().Select(call => call.MessageId);

    private static string Content(ShopCall call) =>
        $"{call.Type} {call.UserId} {call.AnonymousId} {call.Name} {call.Body.ToJsonString()} {call.Context?.ToJsonString()}";

    private static string[] Json(IEnumerable<ShopCall> calls) => [.. calls.Select(Text)];

    private static JsonElement Parse(ShopCall call) => JsonDocument.Parse(Text(call)).RootElement;

    private static string Text(ShopCall call)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            call.WriteTo(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
