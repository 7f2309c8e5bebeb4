using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Segmentation.Channels;
using Microsoft.Extensions.Options;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Channels;

public sealed class ChannelTableTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_mail_is_credited_with_the_order_it_led_to_though_the_confirmation_comes_by_mail_the_same_day()
    {
        var ann = Shop.NewCustomer();
        var noon = shop.Clock.GetUtcNow().AddDays(-5);
        await shop.Hears(
            shop.Profile(ann, 100),
            Event(ann, "Ad Clicked", "search", noon.AddDays(-2)),
            new EmailsSent([new SentEmail(Guid.CreateVersion7(), ann, "news", "News", noon)]),
            new OrderPlaced(ann, "o1", [], 40, "EUR", null, noon.AddHours(1)),
            Event(ann, "Order Completed", "web", noon.AddHours(1)),
            new EmailsSent([new SentEmail(Guid.CreateVersion7(), ann, "confirmation", "Thanks", noon.AddHours(2))])
        );
        await shop.Defines("buyers", "ordered");

        var cells = (await Read()).Tally.Sums.ToDictionary(s => s.Channel);
        Assert.Equal(["email", "search"], cells.Keys.Order());
        Assert.Equal((1, 0, 1, 40.0), (cells["email"].Reach, cells["email"].Engaged, cells["email"].Converted, cells["email"].Revenue));
        Assert.Equal((1, 1, 0), (cells["search"].Reach, cells["search"].Engaged, cells["search"].Converted));
    }

    [Fact]
    public async Task Who_unsubscribes_or_was_not_reached_has_not_engaged()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        var at = shop.Clock.GetUtcNow().AddDays(-5);
        await shop.Hears(
            shop.Profile(ann, 100),
            shop.Profile(bob, 100),
            new EmailsSent([new SentEmail(Guid.CreateVersion7(), ann, "news", "News", at)]),
            new EmailUnsubscribed(ann, "ann@example.org", Guid.CreateVersion7(), "page", at.AddHours(1)),
            Event(bob, "Email Bounced", "email", at)
        );
        await shop.Defines("all", "first_seen in last 365d");
        await shop.Defines("active", "engaged on \"email\" in last 30d");

        var email = Assert.Single((await Read()).Tally.Sums);
        Assert.Equal(("all", 1, 0), (email.Segment, email.Reach, email.Engaged));
        Assert.Equal(["all"], await shop.RulesOf(ann));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_database_counts_what_the_file_counts(int seed)
    {
        var random = new Random(seed);
        var now = shop.Clock.GetUtcNow();
        var people = Enumerable.Range(0, 12).Select(_ => Shop.NewCustomer()).ToArray();
        List<object> facts = [.. people.Select((id, i) => shop.Profile(id, 300, country: i % 2 == 0 ? "DE" : "AT"))];
        List<Touch> touches = [];
        List<Purchase> purchases = [];
        for (var i = 0; i < 250; i++)
        {
            var who = random.Next(people.Length);
            // Minutes of few days, so that much happens close together and some at once.
            var at = now.AddMinutes(-random.Next(0, 3_000) - random.Next(3) * 60_000);
            if (random.Next(3) == 0)
            {
                var value = random.Next(-40, 100);
                purchases.Add(new Purchase($"{who}", at, value));
                facts.Add(
                    value >= 0
                        ? new OrderPlaced(people[who], $"o{i}", [], value, "EUR", null, at)
                        : new OrderRefunded(people[who], $"r{i}", null, [], -value, "EUR", at)
                );
            }
            else
            {
                var (name, channel) = (random.Next(2) == 0 ? "Email Delivered" : "Clicked", random.Next(2) == 0 ? "email" : "chat");
                facts.Add(Event(people[who], name, channel, at));
                foreach (var segment in who % 2 == 0 ? new[] { "all", "german" } : ["all"])
                    touches.Add(new Touch($"{who}", segment, channel, at, name == "Clicked"));
            }
        }
        await shop.Hears([.. facts]);
        await shop.Defines("all", "first_seen in last 365d");
        await shop.Defines("german", "country = \"DE\"");

        var wanted = ChannelTally.Of(touches, purchases, Month);
        var (found, _) = await Read();
        Assert.Equal(wanted.Sums.OrderBy(s => (s.Segment, s.Channel)), found.Sums.OrderBy(s => (s.Segment, s.Channel)));
        Assert.Equal(wanted.Customers.OrderBy(c => c.Key), found.Customers.OrderBy(c => c.Key));
        Assert.True(wanted.Sums.Sum(s => s.Converted) > 10);
    }

    private async Task<(ChannelTally Tally, IReadOnlyDictionary<string, decimal> Spend)> Read()
    {
        await using var work = await shop.Db.BeginAsync(Ct);
        return await ChannelTable.ReadAsync(work, 200, Month, shop.Get<IOptions<Contracts.Shop>>().Value, shop.Clock.GetUtcNow(), Ct);
    }

    private static BehaviourBatch Event(Guid id, string name, string channel, DateTimeOffset at) =>
        new([new BehaviourEvent(Guid.CreateVersion7(), id, "track", name, null, channel, null, at)]);
}
