using System.Net;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Incrementality;

public sealed class AudienceHoldOutsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static CancellationToken Ct => RunningAds.Ct;

    [Fact]
    public async Task Members_are_drawn_listed_to_be_excluded_compared_and_correct_the_budget_of_their_segment()
    {
        await ads.StartsOver();
        var members = await Agree(600);
        ads.Segments["lapsed"] = [.. members, RunningAds.NewCustomer()];
        var start = ads.Service<ShopDay>().Today;

        var test = await ads.Write<AudienceHoldOutView>("/audience-hold-outs", Request(start, start.AddDays(6)));

        Assert.Equal(600, test.Exposed + test.Held);
        Assert.InRange(test.Held, 250, 350);
        var held = await Members(test.Id, "held");
        var exposed = await Members(test.Id, "exposed");
        Assert.Equal((test.Held, test.Exposed), (held.Count, exposed.Count));
        Assert.Equal(members.Order(), held.Concat(exposed).Order());
        using var early = await ads.Post($"/audience-hold-outs/{test.Id}/analyse", "{}");
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);

        // Ads report 200 a day in the segment; of two exposed one buys for 10 more than held ones, who buy for 5.
        await ads.Write<PerformanceResult>(
            "/performance",
            new PerformanceRows([.. Enumerable.Range(1, 14).Select(d => Row(start.AddDays(-d), "lapsed"))])
        );
        ads.Clock.Advance(TimeSpan.FromDays(8));
        await ads.Write<PerformanceResult>(
            "/performance",
            new PerformanceRows([
                .. Enumerable.Range(0, 7).SelectMany(d => new[] { Row(start.AddDays(d), "lapsed"), Row(start.AddDays(d), "new") }),
            ])
        );
        await Bought(held, 5, start);
        await Bought([.. exposed.Where((_, i) => i % 2 == 0)], 10, start);
        await Bought(exposed, 5, start);
        await ads.Service<AnalyseAudienceHoldOuts>().RunDueAsync(Ct);

        var found = (await ads.Read<AudienceHoldOutView>($"/audience-hold-outs/{test.Id}")).Result!;
        Assert.True(found.IsFinal);
        Assert.InRange(found.Incremental / exposed.Count, 4, 6);
        Assert.Equal((350m, 1_400m), (found.Spend, found.Reported));
        Assert.InRange(found.Factor!.Value / (found.Incremental / 1_400), 0.9, 1.1);
        var allocation = await ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(100, null, null, null, null, 1));
        Assert.StartsWith(
            "The value that social reports in lapsed counts ",
            Assert.Single(allocation.Notes, note => note.Contains("hold-out", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );

        // Who takes the consent back is not named to an ad platform any more; the result keeps its part.
        await ads.Hears(ads.Consent(held[0], false, TimeSpan.Zero));
        Assert.DoesNotContain(held[0], await Members(test.Id, "held"));
        Assert.Equal(test.Held, (await ads.Read<Page<AudienceHoldOutView>>("/audience-hold-outs")).Items[0].Held);
    }

    [Fact]
    public async Task Bad_plans_small_segments_and_unknown_ones_are_refused_with_what_to_do()
    {
        await ads.StartsOver();
        await Refused(
            HttpStatusCode.BadRequest,
            """{"heldShare": 1, "startsOn": "2020-01-01", "daysBefore": 1, "currency": "euro"}""",
            "name",
            "channel",
            "segment",
            "heldShare",
            "startsOn",
            "daysBefore",
            "currency"
        );
        ads.Segments["small"] = await Agree(150);
        var start = ads.Service<ShopDay>().Today;
        var body =
            $$"""{"name": "x", "channel": "social", "segment": "SEGMENT", "startsOn": "{{start:yyyy-MM-dd}}", "endsOn": "{{start.AddDays(20):yyyy-MM-dd}}"}""";
        await Refused(
            HttpStatusCode.Conflict,
            body.Replace("SEGMENT", "small", StringComparison.Ordinal),
            "150 of the 150 members of 'small' agreed"
        );
        await Refused(
            HttpStatusCode.BadRequest,
            body.Replace("SEGMENT", "nobody", StringComparison.Ordinal),
            "There is no segment 'nobody'"
        );
        using var unknown = await ads.Get($"/audience-hold-outs/{RunningAds.NewCustomer()}/members");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var part = await ads.Get($"/audience-hold-outs/{RunningAds.NewCustomer()}/members?part=all");
        Assert.Equal(HttpStatusCode.BadRequest, part.StatusCode);
        Assert.Empty((await ads.Read<Page<AudienceHoldOutView>>("/audience-hold-outs")).Items);
    }

    private async Task Refused(HttpStatusCode status, string body, params string[] words)
    {
        using var response = await ads.Post("/audience-hold-outs", body);
        Assert.Equal(status, response.StatusCode);
        var text = System.Text.RegularExpressions.Regex.Unescape(await response.Content.ReadAsStringAsync(Ct));
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    private static AudienceHoldOutRequest Request(DateOnly start, DateOnly end) =>
        new("Half of the lapsed", "Social", "lapsed", null, null, start, end, 14);

    private async Task<IReadOnlyList<Guid>> Members(Guid test, string part)
    {
        List<Guid> all = [];
        string? cursor = null;
        do
        {
            var page = await ads.Read<Page<DrawnMember>>($"/audience-hold-outs/{test}/members?part={part}&limit=200&cursor={cursor}");
            all.AddRange(page.Items.Select(m => m.CustomerId));
            cursor = page.NextCursor;
        } while (cursor is not null);
        return all;
    }

    /// <summary>New customers who agreed to be in audiences for ads.</summary>
    private async Task<Guid[]> Agree(int count)
    {
        Guid[] ids = [.. Enumerable.Range(0, count).Select(_ => RunningAds.NewCustomer())];
        await ads.Db.ExecuteAsync(
            "insert into consents (customer_id, granted, at) select c, true, now() - interval '1 year' from unnest(@ids::uuid[]) as i (c)",
            new { ids },
            Ct
        );
        return ids;
    }

    private Task Bought(IReadOnlyList<Guid> customers, decimal total, DateOnly day) =>
        ads.Db.ExecuteAsync(
            """
            insert into ad_orders (order_id, customer_id, at, total, currency)
            select gen_random_uuid()::text, c, @At, @total, 'EUR' from unnest(@Ids::uuid[]) as i (c)
            """,
            new
            {
                Ids = customers.ToArray(),
                At = day.AddDays(2).ToDateTime(new(12, 0), DateTimeKind.Utc),
                total,
            },
            Ct
        );

    private static PerformanceRow Row(DateOnly date, string segment) => new(date, "social", null, segment, 50, null, 5_000, 100, 5, 200);
}
