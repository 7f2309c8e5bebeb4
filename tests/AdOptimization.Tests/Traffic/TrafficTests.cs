using System.Net;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.AdOptimization.Traffic;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Traffic;

public sealed class TrafficTests(RunningAds ads) : IClassFixture<RunningAds>
{
    [Fact]
    public async Task Visits_are_shown_gross_and_net_with_the_orders_that_followed_by_click_id_and_utm_beside_what_is_reported()
    {
        await ads.StartsOver();
        var (ada, bob, bot) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(
            Pages(
                Visit(ada, 50, "g1"),
                Visit(ada, 49, "g1"),
                Visit(bob, 30, null),
                Visit(bot, 20, "g2", agent: "AhrefsBot/7.0"),
                Visit(bob, 10, null, medium: "email")
            ),
            Order(ada, 40, 120),
            Order(bob, 5, 80),
            Order(bob, 60, 1_000),
            Order(RunningAds.NewCustomer(), 5, 500)
        );
        await Send(Row("search", "spring"), Row("instagram", "spring"));

        var traffic = await ads.Read<TrafficView>("/traffic");

        var search = traffic.Items.Single(t => t.Channel == "search");
        Assert.Equal((3L, 1L, 1L, 1L), (search.Gross, search.Net, search.Crawlers, search.RepeatedIds));
        Assert.Equal((1L, 120m, 40L, 5L), (search.Orders, search.Revenue, search.ReportedClicks, search.ReportedConversions));
        // Performance knows "instagram" as a channel, so its source is that channel.
        var instagram = traffic.Items.Single(t => t.Channel == "instagram");
        Assert.Equal((1L, 1L, 1L, 80m), (instagram.Gross, instagram.Net, instagram.Orders, instagram.Revenue));
        Assert.Equal(2, traffic.Items.Count);
    }

    [Fact]
    public async Task The_same_events_twice_and_late_count_once_and_an_erased_person_is_gone()
    {
        await ads.StartsOver();
        var ada = RunningAds.NewCustomer();
        var (pages, order) = (Pages(Visit(ada, 50, "g1")), Order(ada, 40, 120));
        await ads.Hears(order, pages, order, pages);
        Assert.Equal((1L, 1L), Of(await ads.Read<TrafficView>("/traffic")));

        await ads.Hears(new CustomerErased(ada, ads.Clock.GetUtcNow()));
        Assert.Empty((await ads.Read<TrafficView>("/traffic")).Items);
        Assert.Equal(0, await ads.Db.QuerySingleAsync<long>("select count(*) from ad_orders", null, RunningAds.Ct));

        static (long, long) Of(TrafficView traffic) => (traffic.Items.Single().Net, traffic.Items.Single().Orders);
    }

    [Fact]
    public async Task Attribution_shares_an_order_among_the_channels_before_it()
    {
        await ads.StartsOver();
        var (ada, bob, cleo) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(
            Pages(Visit(ada, 50, null), Visit(ada, 45, "g1"), Visit(bob, 40, "g2"), Visit(cleo, 30, null)),
            Order(ada, 40, 100),
            Order(bob, 35, 60)
        );
        await Send(Row("search", "spring"), Row("instagram", "spring"));

        var view = await ads.Read<AttributionView>("/attribution");

        Assert.Equal((2, 1), (view.Orders, view.PathsWithoutOrder));
        var (search, instagram) = (view.Channels.Single(c => c.Channel == "search"), view.Channels.Single(c => c.Channel == "instagram"));
        Assert.Equal((160.0, 0.0), (search.LastTouch, instagram.LastTouch));
        Assert.Equal((110.0, 50.0), (search.Linear, instagram.Linear));
        Assert.Equal((110.0, 50.0), (Math.Round(search.Shapley, 6), Math.Round(instagram.Shapley, 6)));
        Assert.Equal(160, search.Markov + instagram.Markov, 6);
        Assert.True(instagram.Markov > 0);
        Assert.Null(search.Incremental);
    }

    [Theory]
    [InlineData("from=2026-13-01")]
    [InlineData("from=2026-02-01&to=2026-01-01")]
    [InlineData("from=2025-01-01&to=2026-01-01")]
    [InlineData("currency=euro")]
    public async Task A_bad_range_is_named(string query)
    {
        foreach (var path in new[] { "/traffic", "/attribution" })
        {
            using var response = await ads.Get($"{path}?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    private static BehaviourBatch Pages(params BehaviourEvent[] events) => new(events);

    private BehaviourEvent Visit(Guid customer, int hoursAgo, string? click, string medium = "cpc", string? agent = null) =>
        new(
            Guid.CreateVersion7(),
            customer,
            "page",
            "Home",
            null,
            "web",
            null,
            ads.Clock.GetUtcNow().AddHours(-hoursAgo),
            new(click is null ? null : "gclid", click, click is null ? "Instagram" : "google", medium, "spring", null, null, agent)
        );

    private OrderPlaced Order(Guid customer, int hoursAgo, decimal total) =>
        new(customer, Guid.CreateVersion7().ToString(), [], total, "EUR", null, ads.Clock.GetUtcNow().AddHours(-hoursAgo));

    private static PerformanceRow Row(string channel, string campaign) =>
        new(RunningAds.Today.AddDays(-1), channel, campaign, "new", 50, null, 1_000, 40, 5, 200);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
