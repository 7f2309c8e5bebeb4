using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

public sealed class FollowCustomersTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_customer_leaves_at_the_instant_at_which_the_window_ends_though_nothing_happens()
    {
        var ann = Shop.NewCustomer();
        await shop.Defines("lookers", "did \"Product Viewed\" >= 2 times in last 7d");
        await shop.Hears(Viewed(ann, hoursAgo: 24), Viewed(ann, hoursAgo: 2));
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(ann));

        shop.Clock.Advance(TimeSpan.FromDays(6) - TimeSpan.FromMilliseconds(1));
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(ann));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await shop.FollowsRules();

        Assert.Empty(await Followed(ann));
        Assert.Equal(
            ["+lookers", "-lookers"],
            (await shop.PublishedAbout(ann)).Where(p => p.EndsWith("lookers", StringComparison.Ordinal))
        );
        Assert.Equal(
            0,
            await shop.Db.QuerySingleAsync<long>("select count(*) from due where at <= @Now", new { Now = shop.Clock.GetUtcNow() }, Ct)
        );
    }

    [Fact]
    public async Task What_a_clock_ahead_says_counts_when_its_time_has_come()
    {
        var ann = Shop.NewCustomer();
        await shop.Defines("lookers", "did \"Product Viewed\" in last 7d");
        await shop.Hears(Viewed(ann, hoursAgo: -3));
        await shop.FollowsRules();
        Assert.Empty(await Followed(ann));

        shop.Clock.Advance(TimeSpan.FromHours(3));
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(ann));
    }

    [Fact]
    public async Task What_just_happened_is_not_kept_waiting_by_a_computation_over_everybody_or_an_import()
    {
        await shop.Defines("lookers", "did \"Product Viewed\" in last 7d");
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        using (await shop.WhileNobodyFollows())
        {
            var many = Enumerable.Range(0, 1_000).Select(_ => Shop.NewCustomer()).ToArray();
            await shop.Db.ExecuteAsync("insert into dirty (origin_id, bulk) select unnest(@many), true", new { many }, Ct);
            await shop.Hears(Viewed(bob, hoursAgo: 48), Viewed(ann, hoursAgo: 1));
        }
        // The worker of the service may be at it too: whoever takes the first portion takes ann.
        await RunOnce();

        Assert.Equal(["lookers"], await Followed(ann));
        Assert.True(await shop.Db.QuerySingleAsync<long>("select count(*) from dirty where bulk", null, Ct) > 0);
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(bob));

        async Task RunOnce()
        {
            while (await shop.Get<FollowCustomers>().RunOnceAsync(Ct) == 0 && !(await Followed(ann)).Any())
                await Task.Yield();
        }
    }

    [Fact]
    public async Task Behaviour_of_known_customers_does_not_compute_everybody_anew()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 10));
        await shop.Evaluates();
        await shop.Db.ExecuteAsync("truncate changes", null, Ct);
        await shop.Hears(Viewed(ann, hoursAgo: 1));
        Assert.False(await shop.Db.QuerySingleAsync<bool>("select exists (select from changes)", null, Ct));

        await shop.Hears(Viewed(Shop.NewCustomer(), hoursAgo: 1));
        Assert.True(
            await shop.Db.QuerySingleAsync<bool>(
                "select exists (select from changes) or (select max(computed_at) from evaluations) > @Before",
                new { Before = shop.Clock.GetUtcNow().AddSeconds(-1) },
                Ct
            )
        );
    }

    [Fact]
    public async Task Spending_counts_refunds_whichever_comes_first_and_one_currency()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Defines("spenders", "spent >= 50 EUR in last 30d");
        await shop.Hears(shop.Refund(ann, 30), shop.Order(bob, 1, 60, "GBP"));
        await shop.Hears(shop.Order(ann, 2, 70), shop.Order(bob, 1, 0), shop.Order(bob, 1, 49));
        await shop.FollowsRules();
        Assert.Empty(await Followed(ann));
        Assert.Empty(await Followed(bob));

        await shop.Hears(shop.Order(ann, 0, 10), shop.Order(bob, 0, 1));
        await shop.FollowsRules();
        Assert.Equal(["spenders"], await Followed(ann));
        Assert.Equal(["spenders"], await Followed(bob));
    }

    [Fact]
    public async Task A_product_that_moves_to_another_category_moves_those_who_bought_it()
    {
        var ann = Shop.NewCustomer();
        await shop.Defines("runners", "ordered category \"shoes\"");
        await shop.Hears(shop.Order(ann, 1) with { Lines = [new CartLine("p1", null, 1, 5), new CartLine("p2", null, -1, 5)] });
        await shop.Hears(Product("p1", "Hats", 1), Product("p2", "Shoes", 1));
        await shop.FollowsRules();
        Assert.Empty(await Followed(ann)); // a line of minus one is nothing bought

        await shop.Hears(Product("p1", "SHOES", 2));
        await shop.FollowsRules();
        Assert.Equal(["runners"], await Followed(ann));
    }

    [Fact]
    public async Task Only_people_open_mails()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Defines("readers", "opened email in last 30d and received email in last 30d");
        await shop.Hears(shop.Profile(ann, 40), shop.Profile(bob, 40));
        foreach (var (customer, label) in new[] { (ann, MailEventLabels.Human), (bob, MailEventLabels.PrivacyProxy) })
            await shop.Hears(
                new EmailsSent([new(Guid.CreateVersion7(), customer, "welcome", "Hello", shop.Clock.GetUtcNow())]),
                new EmailOpened(Guid.CreateVersion7(), Guid.CreateVersion7(), customer, "welcome", label, shop.Clock.GetUtcNow())
            );
        await shop.FollowsRules();

        Assert.Equal(["readers"], await Followed(ann));
        Assert.Empty(await Followed(bob));
    }

    [Fact]
    public async Task A_merge_carries_the_membership_over_and_an_unmerge_gives_it_back()
    {
        var (ann, old) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Defines("lookers", "did \"Product Viewed\" in last 60d");
        await shop.Hears(shop.Profile(ann, 40), Viewed(old, 1));
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(old));

        await shop.Hears(new CustomersMerged(old, ann, Shop.Start));
        await shop.FollowsRules();
        Assert.Empty(await Followed(old));
        Assert.Equal(["lookers"], await Followed(ann));

        await shop.Hears(new CustomersUnmerged(old, ann, Shop.Start.AddMinutes(1)));
        await shop.FollowsRules();
        Assert.Equal(["lookers"], await Followed(old));
        Assert.Equal(
            ["+lookers", "-lookers"],
            (await shop.PublishedAbout(ann)).Where(p => p.EndsWith("lookers", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_changed_rule_is_computed_for_everybody_and_for_the_segments_that_ask_for_it()
    {
        var customers = Enumerable.Range(0, 20).Select(_ => Shop.NewCustomer()).ToList();
        await shop.Hears([.. customers.Select((c, i) => shop.Order(c, 100, i))]);
        await shop.FollowsRules();
        await shop.Defines("spenders", "spent >= 10");
        await shop.Defines("others", "not in segment \"spenders\"");
        Assert.Equal(["spenders"], await Followed(customers[15]));
        Assert.Equal(["others"], await Followed(customers[5]));
    }

    [Fact]
    public async Task The_nightly_recompute_reports_a_row_that_differs_and_puts_it_right()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Defines("spenders", "spent >= 10");
        await shop.Hears(shop.Order(ann, 1, 10), shop.Order(bob, 1, 5));
        await shop.FollowsRules();
        await shop.Db.ExecuteAsync(
            """
            update memberships set customer_id = @bob where customer_id = @ann and segment_id = (select id from segments where key = 'spenders')
            """,
            new { ann, bob },
            Ct
        );

        var found = await shop.Get<ShadowRecompute>().RunAsync(Ct);
        Assert.Equal(2, found["spenders"]);
        await shop.FollowsRules();
        Assert.Equal(["spenders"], await Followed(ann));
        Assert.Empty(await Followed(bob));
        Assert.Equal(0, (await shop.Get<ShadowRecompute>().RunAsync(Ct))["spenders"]);
    }

    [Fact]
    public async Task An_erased_customer_leaves_no_row_behind_that_rules_need()
    {
        var ann = Shop.NewCustomer();
        await shop.Defines("lookers", "did \"Product Viewed\" in last 7d");
        await shop.Hears(Viewed(ann, 1), shop.Order(ann, 1) with { Lines = [new CartLine("p1", null, 1, 5)] });
        await shop.FollowsRules();
        await shop.Hears(Viewed(ann, 0));
        await shop.Hears(new CustomerErased(ann, shop.Clock.GetUtcNow()));

        foreach (var (table, column) in Segmentation.Customers.PersonalData.Columns)
            Assert.Equal(0, await shop.Db.QuerySingleAsync<long>($"select count(*) from {table} where {column} = @ann", new { ann }, Ct));
        Assert.Equal(0, await shop.Db.QuerySingleAsync<long>("select count(*) from order_lines", null, Ct));
    }

    /// <summary>Without the built-in segments, which the service evaluates when it likes.</summary>
    private async Task<IEnumerable<string>> Followed(Guid customer) => (await shop.RulesOf(customer)).Except(["new", "lapsed"]);

    private BehaviourBatch Viewed(Guid customer, double hoursAgo) =>
        new([
            new BehaviourEvent(
                Guid.CreateVersion7(),
                customer,
                "track",
                "Product Viewed",
                "p1",
                null,
                (JsonElement?)null,
                shop.Clock.GetUtcNow().AddHours(-hoursAgo)
            ),
        ]);

    private static ProductChanged Product(string id, string category, long version) =>
        new(id, version, id, category, 1, "EUR", null, null, true, Shop.Start);
}
