using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class RecordPerformanceTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static CancellationToken Ct => RunningAds.Ct;

    [Fact]
    public async Task Good_rows_are_stored_and_bad_ones_refused_with_place_and_reason()
    {
        await ads.StartsOver();
        var result = await Send(
            Row("social", 10),
            null,
            Row("social", -1),
            Row("search", 5) with
            {
                Date = RunningAds.Today.AddDays(1),
            },
            Row("search", 5) with
            {
                Date = RunningAds.Today,
            },
            Row("search", 6) with
            {
                Date = RunningAds.Today,
            }
        );

        Assert.Equal(2, result.Accepted);
        Assert.Equal([1, 2, 3, 4], result.Rejected.Select(r => r.Index));
        Assert.Contains("comes again at index 5", result.Rejected[3].Reason, StringComparison.Ordinal);
        var rows = await ads.Read<Page<PerformanceView>>("/performance");
        Assert.Equal([("search", 6m), ("social", 10m)], rows.Items.Select(r => (r.Channel, r.Spend)));
    }

    [Fact]
    public async Task A_later_arrival_corrects_and_only_changed_sums_are_published()
    {
        await ads.StartsOver();
        await Send(Row("social", 10) with { Segment = "new" }, Row("social", 4) with { Segment = "lapsed" }, Row("search", 3));
        await Send(Row("social", 7.5m) with { Segment = "new" }, Row("search", 3) with { Clicks = 20 });

        var published = await ads.Published<ChannelSpendRecorded>();
        Assert.Equal(
            [("search", 3m), ("social", 14m), ("social", 11.5m)],
            published.Take(2).OrderBy(p => p.Channel, StringComparer.Ordinal).Concat(published.Skip(2)).Select(p => (p.Channel, p.Spend))
        );
        // The clock stood still: the correction is later all the same, so that readers who keep the latest keep it.
        Assert.True(published[2].At > published[1].At);
        Assert.Equal((Day, "spring", "EUR"), (published[2].Date, published[2].Campaign, published[2].Currency));
        var rows = await ads.Read<Page<PerformanceView>>("/performance?from=2026-02-20&to=2026-02-20");
        Assert.Equal([3m, 4m, 7.5m], rows.Items.Select(r => r.Spend));
        Assert.Equal(20, rows.Items[0].Clicks);
    }

    [Fact]
    public async Task Pages_lead_through_a_range_of_days_newest_first_without_repetition()
    {
        await ads.StartsOver();
        await Send([
            .. Enumerable
                .Range(0, 9)
                .Select(n => Row("c" + n % 2, n) with { Date = Day.AddDays(n / 3), Campaign = null, Segment = "s" + n % 3 }),
            Row("outside", 1) with
            {
                Date = Day.AddDays(-1),
            },
            Row("outside", 1) with
            {
                Date = Day.AddDays(3),
            },
        ]);
        var seen = new List<PerformanceView>();
        string? cursor = null;
        do
        {
            var page = await ads.Read<Page<PerformanceView>>($"/performance?from=2026-02-20&to=2026-02-22&limit=2&cursor={cursor}");
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(9, seen.Select(r => r.Spend).Distinct().Count());
        Assert.Equal(9, seen.Count);
        Assert.Equal(seen.OrderByDescending(r => r.Date).Select(r => r.Date), seen.Select(r => r.Date));
    }

    [Theory]
    [InlineData("{}", "validation")]
    [InlineData("""{"rows":[]}""", "validation")]
    [InlineData("""{"rows":[{"date":"yesterday"}]}""", "malformed-json")]
    [InlineData("""{"rows":[{"clicks":1.5}]}""", "malformed-json")]
    [InlineData("[", "malformed-json")]
    public async Task A_body_that_is_no_list_of_rows_is_answered_with_what_to_do(string body, string slug)
    {
        using var response = await ads.Post("/performance", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("/problems/" + slug, (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task More_than_a_thousand_rows_are_refused()
    {
        using var response = await ads.Post("/performance", $$"""{"rows":[{{string.Join(',', Enumerable.Repeat("null", 1001))}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("at most 1000 rows", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from=20.2.2026", "from")]
    [InlineData("to=2026-02-30", "to")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    public async Task A_bad_parameter_is_named(string query, string field)
    {
        using var response = await ads.Get("/performance?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Reading_keys_may_not_write_and_strangers_may_not_read()
    {
        using var forbidden = await ads.Post("/performance", """{"rows":[null]}""", Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var unauthorized = await ads.Get("/performance", null);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
    }

    private static readonly DateOnly Day = new(2026, 2, 20);

    private static PerformanceRow Row(string channel, decimal spend) => new(Day, channel, "spring", null, spend, null, 1_000, 10, 1, null);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
