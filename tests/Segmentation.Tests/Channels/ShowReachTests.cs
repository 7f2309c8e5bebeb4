using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Channels;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Channels;

public sealed class ShowReachTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_member_is_named_the_best_channel_that_they_allow_and_ads_only_where_the_segment_is_meant_for_them()
    {
        // Search brings more than mail; ann allows both, bob mail only, cyd nothing, dan allowed mail and has no address.
        var (ann, bob, cyd, dan) = (Shop.NewCustomer(), Shop.NewCustomer(), Shop.NewCustomer(), Shop.NewCustomer());
        Guid[] all = [ann, bob, cyd, dan];
        var now = shop.Clock.GetUtcNow();
        await shop.Hears([.. all.Select(id => Profile(id, address: id != dan))]);
        await shop.Hears([
            .. all.SelectMany(
                (id, i) =>
                    new object[] { Touched(id, "search", 10), Touched(id, "email", 5), shop.Order(id, 8, 300 + i), shop.Order(id, 4, 20) }
            ),
            Allows(ann, ConsentPurposes.EmailMarketing),
            Allows(ann, ConsentPurposes.AdsAudience),
            Allows(bob, ConsentPurposes.EmailMarketing),
            Allows(dan, ConsentPurposes.EmailMarketing),
            new ChannelSpendRecorded(DateOnly.FromDateTime(now.UtcDateTime).AddDays(-3), "search", null, 4, "EUR", now),
        ]);
        await shop.Defines("buyers", "ordered in last 30d");

        var mail = await Reach();
        Assert.Equal(["email", "chat"], Channels(mail));
        Assert.Equal((2, 2), (MembersOf(mail, "email"), mail.GetProperty("unreachable").GetInt32()));

        await shop.Db.ExecuteAsync("update segments set for_ads = true where key = 'buyers'", null, Ct);
        var ads = await Reach();
        Assert.Equal(["search", "email", "chat"], Channels(ads));
        Assert.Equal((1, 1, 2), (MembersOf(ads, "search"), MembersOf(ads, "email"), ads.GetProperty("unreachable").GetInt32()));
        var best = ads.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("customerId").GetGuid(), ChannelOf);
        Assert.Equal(("search", "email", null, null), (best[ann], best[bob], best[cyd], best[dan]));
        var bySearch = (await Reach("?channel=search"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("customerId").GetGuid());
        Assert.Equal([ann], bySearch);
    }

    [Fact]
    public async Task What_each_channel_does_in_each_segment_is_told_with_its_interval()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 100), Touched(ann, "search", 10), shop.Order(ann, 8, 300));
        await shop.Defines("buyers", "ordered in last 30d");

        Assert.True(await shop.Get<TellChannels>().RunAsync(Ct) > 0);
        var told = await shop.Db.QuerySingleAsync<string>(
            "select body from test.published where type like '%ChannelEffectivenessMeasured%' and body::jsonb ->> 'segment' = 'buyers'",
            null,
            Ct
        );
        var cell = JsonSerializer.Deserialize<JsonElement>(told);
        Assert.Equal(
            ("search", 1, 300),
            (
                cell.GetProperty("channel").GetString(),
                cell.GetProperty("reach").GetInt32(),
                (int)Math.Round(cell.GetProperty("revenue").GetDouble())
            )
        );
        Assert.True(cell.GetProperty("revenueLower").GetDouble() <= cell.GetProperty("revenueUpper").GetDouble());
    }

    [Fact]
    public async Task Later_pages_are_ranked_as_the_first_was()
    {
        var people = Enumerable.Range(0, 3).Select(_ => Shop.NewCustomer()).Order().ToArray();
        await shop.Hears([.. people.Select(id => shop.Profile(id, 100) with { Email = $"{id:n}@example.org" })]);
        await shop.Hears([
            .. people.SelectMany(id =>
                new object[]
                {
                    Touched(id, "email", 5),
                    shop.Order(id, 4, 20),
                    Allows(id, ConsentPurposes.EmailMarketing),
                    Allows(id, ConsentPurposes.Chat),
                }
            ),
        ]);
        await shop.Defines("buyers", "ordered in last 30d");

        var first = await Reach("?limit=1");
        await shop.Hears([.. people.SelectMany(id => new object[] { Touched(id, "chat", 3), shop.Order(id, 2, 900) })]);
        var second = await Reach("?limit=1&cursor=" + first.GetProperty("nextCursor").GetString());

        Assert.Equal(["email", "chat"], Channels(second));
        Assert.Equal("email", ChannelOf(second.GetProperty("items")[0]));
        Assert.Equal(["chat", "email"], Channels(await Reach()));
    }

    [Fact]
    public void What_customers_come_by_themselves_is_no_way_to_reach_them()
    {
        var pooled = new Pooled(1, 0, 2, 1, 1);
        ChannelCell[] cells =
        [
            .. new[] { "web", "instagram", "chat" }.Select(c => new ChannelCell("s", c, 9, pooled, pooled, pooled, 0, pooled)),
        ];

        Assert.Equal(["chat", "email"], ShowReach.Rank(cells, ["instagram"], forAds: false).Select(r => r.Channel));
        Assert.Equal(["chat", "instagram", "email"], ShowReach.Rank(cells, ["instagram"], forAds: true).Select(r => r.Channel));
    }

    private async Task<JsonElement> Reach(string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/segments/buyers/reach" + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Read));
        using var answer = await shop.Http.SendAsync(request, Ct);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static string[] Channels(JsonElement reach) =>
        [.. reach.GetProperty("channels").EnumerateArray().Select(c => c.GetProperty("channel").GetString()!)];

    private static int MembersOf(JsonElement reach, string channel) =>
        reach
            .GetProperty("channels")
            .EnumerateArray()
            .Single(c => c.GetProperty("channel").GetString() == channel)
            .GetProperty("members")
            .GetInt32();

    private static string? ChannelOf(JsonElement item) => item.TryGetProperty("channel", out var channel) ? channel.GetString() : null;

    private CustomerProfileChanged Profile(Guid id, bool address) =>
        shop.Profile(id, 100) with
        {
            Email = address ? $"{id:n}@example.org" : null,
        };

    private ConsentChanged Allows(Guid id, string purpose) => new(id, purpose, true, "form", shop.Clock.GetUtcNow().AddDays(-20));

    private BehaviourBatch Touched(Guid id, string channel, int daysAgo) =>
        new([
            new BehaviourEvent(
                Guid.CreateVersion7(),
                id,
                "track",
                "Ad Clicked",
                null,
                channel,
                null,
                shop.Clock.GetUtcNow().AddDays(-daysAgo)
            ),
        ]);
}
