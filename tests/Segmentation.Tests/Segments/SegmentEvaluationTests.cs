using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class SegmentEvaluationTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_customer_is_new_until_the_window_is_over()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 0));
        await shop.Evaluates();
        Assert.Equal(["new"], await shop.RulesOf(ann));

        shop.Clock.Advance(TimeSpan.FromDays(29));
        await shop.Evaluates();
        Assert.Equal(["new"], await shop.RulesOf(ann));

        shop.Clock.Advance(TimeSpan.FromDays(1));
        await shop.Evaluates();
        Assert.Empty(await shop.RulesOf(ann));
        Assert.Equal(["+new", "-new"], await shop.PublishedAbout(ann));
    }

    [Fact]
    public async Task A_customer_lapses_by_time_passing_and_comes_back_with_an_order()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 200), shop.Order(ann, 89));
        await shop.Evaluates();
        Assert.Empty(await shop.RulesOf(ann));

        shop.Clock.Advance(TimeSpan.FromDays(1));
        await shop.Evaluates();
        Assert.Equal(["lapsed"], await shop.RulesOf(ann));

        await shop.Hears(shop.Order(ann, 0));
        await shop.Evaluates();
        Assert.Empty(await shop.RulesOf(ann));
        var rules = (await shop.PublishedAbout(ann)).Where(p => !p.Contains("rfm-", StringComparison.Ordinal));
        Assert.Equal(["+lapsed", "-lapsed"], rules);
    }

    [Fact]
    public async Task Who_never_ordered_is_not_lapsed()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 400));
        await shop.Evaluates();
        Assert.Empty(await shop.SegmentsOf(ann));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_change_is_published_once_however_often_and_in_whatever_order_messages_come(int seed)
    {
        var random = new Random(seed);
        await shop.StartsOver();
        var customers = Enumerable.Range(0, 30).Select(_ => Shop.NewCustomer()).ToList();
        var facts = new List<(Guid, object)>();
        foreach (var (i, customer) in customers.Index())
        {
            facts.Add((Guid.CreateVersion7(), shop.Profile(customer, i * 4)));
            for (var n = 0; n < i % 4; n++)
            {
                var order = shop.Order(customer, (i * 7 + n * 11) % 150, 10 + i);
                facts.Add((Guid.CreateVersion7(), order));
                if ((i + n) % 5 == 0)
                    facts.Add((Guid.CreateVersion7(), shop.Refund(customer, order.Total, order.OrderId)));
            }
        }
        facts.Add((Guid.CreateVersion7(), new CustomersMerged(customers[3], customers[7], Shop.Start)));
        var inOrder = await MembershipsAfter(facts);
        await shop.StartsOver();

        var deliveries = facts.Concat(facts).Concat(facts).Select(f => (Id: NewIdFor(f.Item1, seed), f.Item2)).ToArray();
        random.Shuffle(deliveries);
        foreach (var some in deliveries.Chunk(40))
        {
            await shop.Receives(some);
            if (random.Next(2) == 0)
                await shop.Evaluates();
        }
        await shop.Evaluates();

        Assert.Equal(inOrder, await Memberships(customers));
        var published = await Published(customers);
        foreach (var (customer, said) in published)
            Assert.Equal(await shop.SegmentsOf(customer), Replayed(said));
        await shop.Receives(deliveries);
        await shop.Evaluates();
        Assert.Equal(published, await Published(customers));

        async Task<IEnumerable<string>> MembershipsAfter(IReadOnlyList<(Guid, object)> messages)
        {
            await shop.Receives(messages);
            await shop.Evaluates();
            return await Memberships(customers);
        }
    }

    /// <summary>The same message has the same id; but each run has ids of its own, for the inbox remembers those of the one before.</summary>
    private static Guid NewIdFor(Guid id, int seed)
    {
        var bytes = id.ToByteArray();
        bytes[15] ^= (byte)(0x80 | seed);
        return new Guid(bytes);
    }

    /// <summary>Where a customer is after what was published; fails where a change was said twice.</summary>
    private static SortedSet<string> Replayed(string[] published)
    {
        var now = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var change in published)
            Assert.True(
                change[0] == '+' ? now.Add(change[1..]) : now.Remove(change[1..]),
                $"{change} was published twice: {string.Join(' ', published)}"
            );
        return now;
    }

    private async Task<IEnumerable<string>> Memberships(IEnumerable<Guid> customers)
    {
        var all = new List<string>();
        foreach (var (i, customer) in customers.Index())
            all.AddRange((await shop.SegmentsOf(customer)).Select(key => $"{i} {key}"));
        return all;
    }

    private async Task<Dictionary<Guid, string[]>> Published(IEnumerable<Guid> customers)
    {
        var all = new Dictionary<Guid, string[]>();
        foreach (var customer in customers)
            all[customer] = await shop.PublishedAbout(customer);
        return all;
    }
}
