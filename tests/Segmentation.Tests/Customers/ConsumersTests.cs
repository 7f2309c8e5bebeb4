using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Segmentation.Customers;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Customers;

public sealed class ConsumersTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_profile_with_the_highest_version_wins_in_whatever_order_they_come()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 5, version: 2, country: "DE"), shop.Profile(ann, 5, version: 3, country: null));
        await shop.Hears(shop.Profile(ann, 9, version: 1, country: "FR"));

        var row = await shop.Db.QuerySingleAsync<(long Version, string? Country, DateTimeOffset FirstSeen)>(
            "select version, country, first_seen_at from customers where origin_id = @ann",
            new { ann },
            Ct
        );
        Assert.Equal((3L, null, Shop.Start.AddDays(-9)), row);
    }

    [Fact]
    public async Task The_latest_word_on_a_consent_wins_and_a_refusal_wins_a_tie()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(Consent(ann, true, 3), Consent(ann, false, 1), Consent(ann, true, 2));
        Assert.False(await Granted(ann));
        await shop.Hears(Consent(ann, true, 1));
        Assert.False(await Granted(ann));
        await shop.Hears(Consent(ann, true, 0));
        Assert.True(await Granted(ann));
    }

    [Fact]
    public async Task A_changed_copy_of_an_order_replaces_it_only_when_later()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Order(ann, 3, 70, id: "changed"));
        await shop.Hears(shop.Order(ann, 2, 80, id: "changed"), shop.Order(ann, 4, 60, id: "changed"));
        await shop.Hears(shop.Order(ann, 5, 50, id: "changed"));

        Assert.Equal(80, await shop.Db.QuerySingleAsync<decimal>("select total from orders where order_id = 'changed'", null, Ct));
    }

    [Fact]
    public async Task Activity_is_counted_by_day_of_the_shop_over_all_batches()
    {
        var ann = Shop.NewCustomer();
        var late = new DateTimeOffset(2026, 2, 10, 23, 30, 0, TimeSpan.Zero); // already the 11th in Berlin
        await shop.Hears(
            new BehaviourBatch([Event(ann, "page", null, late), Event(ann, "track", "p1", late.AddHours(2))]),
            new BehaviourBatch([Event(ann, "track", "p2", late.AddHours(-5))])
        );
        await shop.Hears(new BehaviourBatch([Event(ann, "screen", null, late.AddHours(1))]));

        var days = await shop.Db.QueryAsync<(DateOnly Day, int Events, int PageViews, int ProductViews)>(
            "select day, events, page_views, product_views from activity_days where origin_id = @ann order by day",
            new { ann },
            Ct
        );
        Assert.Equal([(new DateOnly(2026, 2, 10), 1, 0, 1), (new DateOnly(2026, 2, 11), 3, 2, 1)], days);
    }

    [Fact]
    public async Task The_list_of_personal_data_names_every_column_that_can_hold_a_customers_id()
    {
        string[] others =
        [
            "segments.id",
            "memberships.segment_id",
            "staged.segment_id",
            "shadow_recomputes.segment_id",
            "segment_sizes.segment_id",
            "events.event_id",
        ];
        var columns = await shop.Db.QueryAsync<string>(
            """
            select c.table_name || '.' || c.column_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid'
            """,
            null,
            Ct
        );
        var listed = PersonalData.Columns.Select(c => $"{c.Table}.{c.Name}");
        Assert.Equal(columns.Except(others).Order(), listed.Order());
    }

    private async Task<bool> Granted(Guid customer) =>
        await shop.Db.QuerySingleAsync<bool>("select granted from consents where origin_id = @customer", new { customer }, Ct);

    private static ConsentChanged Consent(Guid customer, bool granted, int daysAgo) =>
        new(customer, ConsentPurposes.EmailMarketing, granted, "form", Shop.Start.AddDays(-daysAgo));

    private static BehaviourEvent Event(Guid customer, string kind, string? product, DateTimeOffset at) =>
        new(Guid.CreateVersion7(at), customer, kind, "x", product, null, (JsonElement?)null, at);
}
