using System.Net;
using MarketingPlatform.AdOptimization.Audiences;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Audiences;

public sealed class AbandonedCartAudienceTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly TimeSpan Now = TimeSpan.Zero;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Ct => RunningAds.Ct;

    [Fact]
    public async Task Who_leaves_a_cart_and_agreed_is_a_member_since_it_was_noticed()
    {
        var (agreed, silent, refused) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(
            ads.Consent(agreed, true, Hour),
            ads.Consent(refused, false, Hour),
            ads.Consent(silent, true, Hour, ConsentPurposes.EmailMarketing),
            ads.Cart(agreed, Now),
            ads.Cart(silent, Now),
            ads.Cart(refused, Now)
        );

        var members = await Members();
        Assert.Equal(ads.Clock.GetUtcNow(), members[agreed]);
        Assert.DoesNotContain(silent, members.Keys);
        Assert.DoesNotContain(refused, members.Keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_order_after_the_last_touch_wins_in_whatever_order_events_come(int seed)
    {
        var (bought, boughtBefore, boughtAndLeftAnother) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        object[] events =
        [
            ads.Consent(bought, true, 9 * Hour),
            ads.Cart(bought, Hour), // last touched two hours ago
            ads.Order(bought, 2 * Hour),
            ads.Consent(boughtBefore, false, 9 * Hour),
            ads.Consent(boughtBefore, true, 8 * Hour),
            ads.Order(boughtBefore, 3 * Hour),
            ads.Cart(boughtBefore, Hour),
            ads.Consent(boughtAndLeftAnother, true, 9 * Hour),
            ads.Cart(boughtAndLeftAnother, 5 * Hour),
            ads.Order(boughtAndLeftAnother, 4 * Hour),
            ads.Cart(boughtAndLeftAnother, Now),
        ];
        new Random(seed).Shuffle(events);
        foreach (var happened in events)
            await ads.Hears(happened);

        var members = await Members();
        Assert.DoesNotContain(bought, members.Keys);
        Assert.Contains(boughtBefore, members.Keys);
        Assert.Equal(ads.Clock.GetUtcNow(), members[boughtAndLeftAnother]);
    }

    [Fact]
    public async Task A_withdrawal_of_consent_removes()
    {
        var ann = RunningAds.NewCustomer();
        await ads.Hears(ads.Consent(ann, true, 2 * Hour), ads.Cart(ann, Now));
        Assert.Contains(ann, (await Members()).Keys);

        await ads.Hears(ads.Consent(ann, false, Hour));
        Assert.DoesNotContain(ann, (await Members()).Keys);

        await ads.Hears(ads.Consent(ann, true, 2 * Hour)); // the old word again
        Assert.DoesNotContain(ann, (await Members()).Keys);
    }

    [Fact]
    public async Task Old_news_does_not_add_and_membership_ends_after_its_time()
    {
        var (old, touchedLongAgo, ann) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(
            ads.Consent(old, true, Hour),
            ads.Consent(touchedLongAgo, true, Hour),
            ads.Consent(ann, true, Hour),
            ads.Cart(old, 25 * Hour),
            ads.Cart(touchedLongAgo, Now) with
            {
                LastTouchedAt = ads.Clock.GetUtcNow() - 25 * Hour,
            },
            ads.Cart(ann, 22 * Hour)
        );
        var members = await Members();
        Assert.DoesNotContain(old, members.Keys);
        Assert.DoesNotContain(touchedLongAgo, members.Keys);
        Assert.Contains(ann, members.Keys);

        ads.Clock.Advance(TimeSpan.FromDays(30));
        Assert.DoesNotContain(ann, (await Members()).Keys);
    }

    [Fact]
    public async Task A_merge_folds_and_an_unmerge_restores()
    {
        var (anonymous, known) = (RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(ads.Cart(anonymous, Now), ads.Consent(known, true, 5 * Hour));
        Assert.Empty((await Members()).Keys.Intersect([anonymous, known]));

        await ads.Hears(new CustomersMerged(anonymous, known, ads.Clock.GetUtcNow()));
        Assert.Equal([known], (await Members()).Keys.Intersect([anonymous, known]));

        await ads.Hears(ads.Order(anonymous, Now)); // under the old id
        Assert.Empty((await Members()).Keys.Intersect([anonymous, known]));

        await ads.Hears(ads.Cart(known, Now) with { LastTouchedAt = ads.Clock.GetUtcNow() - Hour });
        Assert.Empty((await Members()).Keys.Intersect([anonymous, known]));

        await ads.Hears(new CustomersUnmerged(anonymous, known, ads.Clock.GetUtcNow().AddSeconds(1)));
        Assert.Equal([known], (await Members()).Keys.Intersect([anonymous, known])); // the order was the other's
    }

    [Fact]
    public async Task Erasure_leaves_no_row_and_late_events_bring_none_back()
    {
        var (ann, phone, bob) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        object[] facts = [.. new[] { ann, phone, bob }.SelectMany(FactsOf), new CustomersMerged(phone, ann, ads.Clock.GetUtcNow())];
        await ads.Hears(facts);
        Assert.True(await RowsThatName(ann) >= 3);
        var ofBob = await RowsThatName(bob);

        await ads.Hears(new CustomerErased(ann, ads.Clock.GetUtcNow()));
        Assert.Equal((0, 0, ofBob), (await RowsThatName(ann), await RowsThatName(phone), await RowsThatName(bob)));

        await ads.Hears(facts);
        Assert.Equal((0, 0, ofBob), (await RowsThatName(ann), await RowsThatName(phone), await RowsThatName(bob)));
    }

    [Fact]
    public async Task The_list_of_personal_data_names_every_column_that_can_hold_a_customers_id()
    {
        string[] others =
        [
            "ad_visits.event_id",
            "allocation_cells.allocation_id",
            "allocations.id",
            "allocations.previous_id",
            "audience_hold_out_members.hold_out_id",
            "audience_hold_outs.id",
            "budget_periods.id",
            "creative_decisions.id",
            "creative_decisions.test_id",
            "creative_tests.id",
            "held_performance.id",
            "hold_out_days.hold_out_id",
            "hold_outs.id",
        ];
        var columns = await ads.Db.QueryAsync<string>(
            """
            select c.table_name || '.' || c.column_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid'
            """,
            null,
            Ct
        );
        Assert.Equal(columns.Except(others).Order(), PersonalData.Columns.Select(c => $"{c.Table}.{c.Name}").Order());
    }

    [Fact]
    public async Task The_size_of_an_audience_is_the_number_of_its_members_page_by_page()
    {
        var customers = Enumerable.Range(0, 5).Select(_ => RunningAds.NewCustomer()).ToArray();
        await ads.Hears([.. customers.SelectMany(FactsOf)]);

        var seen = new List<AudienceMember>();
        string? cursor = null;
        do
        {
            var page = await ads.Read<Page<AudienceMember>>($"/audiences/abandoned-cart/members?limit=2&cursor={cursor}");
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(seen.Count, seen.Select(m => m.CustomerId).Distinct().Count());
        var audience = (await ads.Read<Page<AudienceView>>("/audiences")).Items.Single(view => view.Key == "abandoned-cart");
        Assert.Equal(("abandoned-cart", seen.Count), (audience.Key, audience.Size));
        Assert.Empty(customers.Except(seen.Select(m => m.CustomerId)));
    }

    [Theory]
    [InlineData("/audiences/nobody/members", HttpStatusCode.NotFound, "lists them")]
    [InlineData("/audiences/abandoned-cart/members?limit=0", HttpStatusCode.BadRequest, "limit")]
    [InlineData("/audiences/abandoned-cart/members?cursor=nonsense", HttpStatusCode.BadRequest, "cursor")]
    public async Task A_bad_request_is_answered_with_what_to_do(string path, HttpStatusCode status, string word)
    {
        using var response = await ads.Get(path);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_are_not_for_the_public_collect_key()
    {
        using var response = await ads.Get("/audiences/abandoned-cart/members", Scope.Collect);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private object[] FactsOf(Guid customer) =>
        [ads.Consent(customer, true, 2 * Hour), ads.Cart(customer, Now), ads.Order(customer, 3 * Hour)];

    private async Task<Dictionary<Guid, DateTimeOffset>> Members() =>
        (await ads.Read<Page<AudienceMember>>("/audiences/abandoned-cart/members?limit=1000")).Items.ToDictionary(
            m => m.CustomerId,
            m => m.JoinedAt
        );

    /// <summary>Searches every column of every table as text.</summary>
    private async Task<long> RowsThatName(Guid customer)
    {
        var tables = await ads.Db.QueryAsync<string>(
            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
            null,
            Ct
        );
        var rows = 0L;
        foreach (var table in tables)
        {
            rows += await ads.Db.QuerySingleAsync<long>(
                $"select count(*) from {table} t where t::text like '%' || @customer::text || '%'",
                new { customer },
                Ct
            );
        }
        return rows;
    }
}
