using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class AllocateBudgetTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly Tomorrow = RunningAds.Today.AddDays(1);

    private static CancellationToken Ct => RunningAds.Ct;

    [Fact]
    public async Task Performance_in_an_explained_budget_out_and_the_decision_is_kept()
    {
        await ads.StartsOver();
        await Knows(Row("social", 400, 40) with { Segment = "lapsed" }, Row("search", 400, 4));
        await Knows(Row("social", 400, 4) with { Segment = "new" });

        var allocation = await Allocate(new(123.45m, null, null, 0.05, null, 7));

        Assert.Equal((123.45m, "EUR", Tomorrow, 7), (allocation.Total, allocation.Currency, allocation.Date, allocation.Seed));
        Assert.Equal(123.45m, allocation.Cells.Sum(c => c.Amount));
        Assert.All(allocation.Cells, c => Assert.True(c.Amount >= 6.17m));
        var best = allocation.Cells.MaxBy(c => c.Amount)!;
        Assert.Equal(("social", null, "lapsed"), (best.Channel, best.Campaign, best.Segment));
        Assert.Equal((400L, 40L, 200m, 1_600m), (best.Clicks, best.Conversions, best.Spend, best.Value));
        Assert.Contains(" EUR to social/lapsed: the next EUR returns ", best.Explanation, StringComparison.Ordinal);
        Assert.Equal(1, allocation.Cells.Sum(c => c.Probability), 9);

        var kept = Assert.Single((await ads.Read<Page<AllocationView>>("/budget/allocations")).Items);
        Assert.Equal(JsonSerializer.Serialize(allocation), JsonSerializer.Serialize(kept));
    }

    [Fact]
    public async Task Limits_of_cells_are_kept_and_impossible_ones_are_refused_with_the_reason()
    {
        await ads.StartsOver();
        await Knows(Row("social", 400, 40) with { Segment = "lapsed" }, Row("search", 400, 4));

        var allocation = await Allocate(
            new(100, null, null, null, null, 7, [new("Social", null, "lapsed", 5, 12.5m), new("search", null, null, 20, null)], 2)
        );
        Assert.Equal(12.5m, allocation.Cells.Single(c => c.Channel == "social").Amount);
        Assert.Contains(
            "12.50 EUR is its maximum.",
            allocation.Cells.Single(c => c.Channel == "social").Explanation,
            StringComparison.Ordinal
        );
        var kept = Assert.Single((await ads.Read<Page<AllocationView>>("/budget/allocations")).Items);
        Assert.Equal((2, 2, 12.5m), (kept.Caution, kept.Limits.Count, kept.Limits[0].Maximum));

        await Refuses(
            """{"total": 100, "limits": [{"channel": "social", "segment": "new", "maximum": 5}]}""",
            "there are social/lapsed: a limit is for one of them"
        );
        await Refuses("""{"total": 100, "limits": [{"channel": "tv", "maximum": 5}]}""", "nothing to limit");
        await Refuses("""{"total": 10, "limits": [{"channel": "search", "minimum": 11}]}""", "The minimums sum to 11.00, above the total");
        await Refuses(
            """{"total": 10, "limits": [{"channel": "search", "maximum": 1}, {"channel": "social", "segment": "lapsed", "maximum": 2}]}""",
            "they sum to 3.00: the total could not be spent"
        );
        await Refuses(
            """{"total": 10, "caution": 11, "limits": [null, {"channel": "x"}, {"channel": "x", "minimum": 2, "maximum": 1}, {"minimum": -1}]}""",
            "limits[0]",
            "Give minimum, maximum or both",
            "The minimum is above the maximum",
            "Give the channel",
            "caution"
        );
    }

    [Fact]
    public async Task A_channel_keeps_its_limits_over_all_its_cells_and_those_that_contradict_are_named()
    {
        await ads.StartsOver();
        await Knows(Row("social", 400, 40) with { Segment = "lapsed" }, Row("social", 400, 38) with { Segment = "new" });
        await Knows(Row("search", 400, 4), Row("search", 400, 5) with { Segment = "new" });

        var allocation = await Allocate(
            new(100, null, null, null, null, 7, [new("Social", null, null, null, 30), new("search", "", null, null, 10)])
        );

        Assert.Equal(30, allocation.Cells.Where(c => c.Channel == "social").Sum(c => c.Amount));
        Assert.InRange(allocation.Cells.Single(c => c.Channel == "search" && c.Segment is null).Amount, 0.01m, 10);
        Assert.True(allocation.Cells.Single(c => c.Channel == "search" && c.Segment == "new").Amount >= 60);
        Assert.All(
            allocation.Cells.Where(c => c.Channel == "social"),
            c => Assert.Contains("the channel is held by its maximum of 30.00 EUR", c.Explanation, StringComparison.Ordinal)
        );
        var kept = Assert.Single((await ads.Read<Page<AllocationView>>("/budget/allocations")).Items);
        Assert.Equal([(null, 30m), ("", 10m)], kept.Limits.Select(l => (l.Campaign, l.Maximum!.Value)));

        await Refuses(
            """{"total": 100, "limits": [{"channel": "social", "maximum": 5}, {"channel": "social", "segment": "new", "minimum": 6}]}""",
            "limits[0]",
            "All of social may get 5.00 at most, and the minimums of its cells sum to 6.00 (social/new 6.00)"
        );
        await Refuses(
            """
            {"total": 100, "limits": [{"channel": "social", "segment": "new", "maximum": 6}, {"channel": "social", "minimum": 20},
                {"channel": "social", "segment": "lapsed", "maximum": 7}]}
            """,
            "limits[1]",
            "All of social must get 20.00 at least, and the maximums of its cells sum to 13.00"
        );
        await Refuses(
            """{"total": 100, "limits": [{"channel": "social", "minimum": 60}, {"channel": "search", "minimum": 41}]}""",
            "The minimums sum to 101.00, above the total: search 41.00, social 60.00."
        );
        await Refuses(
            """{"total": 100, "limits": [{"channel": "social", "maximum": 60}, {"channel": "search", "maximum": 39}]}""",
            "they sum to 99.00: the total could not be spent"
        );
        await Refuses(
            """{"total": 100, "limits": [{"channel": "social", "maximum": 60}, {"channel": "Social", "minimum": 9}]}""",
            "limits[1]",
            "The same channel comes twice."
        );
        await Refuses("""{"total": 100, "limits": [{"channel": "tv", "segment": "new", "maximum": 60}]}""", "nothing to limit");
    }

    private async Task Refuses(string body, params string[] words)
    {
        using var response = await ads.Post("/budget/allocate", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var text = System.Text.RegularExpressions.Regex.Unescape(await response.Content.ReadAsStringAsync(Ct));
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cell_without_data_begins_with_what_its_channel_does_in_its_segment()
    {
        await ads.StartsOver();
        await Knows(Row("search", 400, 20), Row("search", 0, 0) with { Segment = "vip" }, Row("search", 0, 0) with { Segment = "new" });
        var ordinary = await Allocate(new(100, null, null, 0.1, null, 3));
        Assert.Equal(Of(ordinary, "vip").ExpectedReturn, Of(ordinary, "new").ExpectedReturn, 9);

        await ads.Hears(Measured("vip", 30, minute: 2), Measured("new", 10, minute: 2), Measured("vip", 99, minute: 1));
        var informed = await Allocate(new(100, null, null, 0.1, null, 3));

        Assert.Equal(3, Height(Of(informed, "vip")) / Height(Of(informed, "new")), 6);
        Assert.True(Of(informed, "vip").Amount > Of(informed, "new").Amount);
        Assert.Contains(
            "its segment brings 1.5 times what others do on the channel",
            Of(informed, "vip").Explanation,
            StringComparison.Ordinal
        );

        static double Height(AllocatedCell cell) => cell.Curves.Sum(c => c.Weight * c.Alpha / c.Beta);
        static AllocatedCell Of(AllocationView view, string segment) => view.Cells.Single(c => c.Segment == segment);
        static ChannelEffectivenessMeasured Measured(string segment, double revenue, int minute) =>
            new(segment, "search", 100, 0.1, revenue, 1, 100, 2, "EUR", new DateTimeOffset(2026, 1, 1, 0, minute, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_day_of_which_only_the_spend_is_known_says_nothing_of_what_money_brings()
    {
        await ads.StartsOver();
        await Knows(Row("search", 400, 20), Row("social", 400, 20));
        await Knows(
            Row("search", 0, 0) with
            {
                Campaign = "imported",
                Spend = 5_000,
                Impressions = null,
                Clicks = null,
                Conversions = null,
                Value = null,
            }
        );
        var after = await Allocate(new(100, null, null, 0.1, null, 3));

        var imported = after.Cells.Single(c => c.Campaign == "imported");
        Assert.Equal((0L, 0m), (imported.Conversions, imported.Spend));
        Assert.Contains("nothing is known of what spend brings here", imported.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_day_moves_within_the_maximum_daily_change_and_the_same_day_again_is_measured_against_the_day_before()
    {
        await ads.StartsOver();
        await Knows(Row("search", 100, 5), Row("social", 100, 5));
        var first = await Allocate(new(100, null, Tomorrow, 0.1, null, 1));
        await Knows(Row("search", 5_000, 1_000) with { Date = RunningAds.Today });
        await Knows(Row("social", 5_000, 10) with { Date = RunningAds.Today });

        for (var again = 0; again < 2; again++)
        {
            var second = await Allocate(new(200, null, Tomorrow.AddDays(1), 0.1, 0.25, 1));
            Assert.Equal(first.Id, second.PreviousId);
            Assert.Equal(200, second.Cells.Sum(c => c.Amount));
            foreach (var (was, now) in first.Cells.Zip(second.Cells))
            {
                Assert.Equal(was.Amount, now.PreviousAmount);
                Assert.InRange(now.Amount, was.Amount * 2 * 0.75m - 0.02m, was.Amount * 2 * 1.25m + 0.02m);
            }
        }
    }

    [Fact]
    public async Task Cells_that_are_gone_or_in_another_currency_are_named()
    {
        await ads.StartsOver();
        await Knows(
            Row("search", 100, 5),
            Row("radio", 100, 5) with
            {
                Date = Tomorrow.AddDays(-90),
            },
            Row("display", 100, 5) with
            {
                Currency = "USD",
            }
        );
        await Allocate(new(100, null, Tomorrow, null, null, 1));

        var later = await Allocate(new(100, null, Tomorrow.AddDays(1), null, null, 1));

        Assert.Equal(100, Assert.Single(later.Cells).Amount);
        Assert.Equal(2, later.Notes.Count);
        Assert.Contains(later.Notes, note => note.Contains("EUR from radio: no performance", StringComparison.Ordinal));
        Assert.Contains("display is left out: its performance is not in EUR.", later.Notes);
    }

    [Fact]
    public async Task What_if_says_what_other_budgets_return_and_what_the_same_result_would_cost()
    {
        await ads.StartsOver();
        await Knows(Row("social", 400, 40), Row("search", 400, 8));
        await Allocate(new(100, null, Tomorrow.AddDays(-1), null, null, 1));

        var answer = await ads.Read<WhatIfAnswer>("/budget/what-if?totals=50,100,200");

        Assert.Equal([50m, 100, 200], answer.Possibilities.Select(p => p.Total));
        Assert.All(answer.Possibilities, p => Assert.Equal((double)p.Total, p.Cells.Sum(c => c.Amount), 6));
        var returns = answer.Possibilities.Select(p => p.ExpectedReturn).ToArray();
        Assert.True(returns[0] < returns[1] && returns[1] < returns[2] && returns[2] - returns[1] < 2 * (returns[1] - returns[0]));
        Assert.InRange(answer.SameForLess!.Value, 1, 100);
        using var refused = await ads.Get("/budget/what-if?totals=-5");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Decisions_are_paged_newest_first()
    {
        await ads.StartsOver();
        await Knows(Row("search", 100, 5));
        for (var total = 1; total <= 3; total++)
            await Allocate(new(total, null, null, null, null, null));

        var first = await ads.Read<Page<AllocationView>>("/budget/allocations?limit=2");
        var second = await ads.Read<Page<AllocationView>>($"/budget/allocations?limit=2&cursor={first.NextCursor}");

        Assert.Equal([3m, 2m, 1m], first.Items.Concat(second.Items).Select(a => a.Total));
        Assert.Null(second.NextCursor);
    }

    [Theory]
    [InlineData("""{}""", "total")]
    [InlineData("""{"total":0}""", "total")]
    [InlineData("""{"total":10.001}""", "total")]
    [InlineData("""{"total":10,"currency":"euro"}""", "currency")]
    [InlineData("""{"total":10,"date":"2026-03-01"}""", "date")]
    [InlineData("""{"total":10,"minimumShare":1.1}""", "minimumShare")]
    [InlineData("""{"total":10,"maximumDailyChange":-0.1}""", "maximumDailyChange")]
    public async Task A_bad_field_is_named(string body, string field)
    {
        using var response = await ads.Post("/budget/allocate", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task A_minimum_share_that_the_cells_cannot_all_have_is_refused_with_the_most_they_can()
    {
        await ads.StartsOver();
        await Knows(Row("search", 100, 5), Row("social", 100, 5));
        using var response = await ads.Post("/budget/allocate", """{"total":10,"minimumShare":0.6}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("at most 0.5", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_performance_the_caller_is_told_to_send_some()
    {
        await ads.StartsOver();
        await Knows(Row("display", 100, 5) with { Currency = "USD" });
        using var response = await ads.Post("/budget/allocate", """{"total":10}""");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("/problems/no-performance", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Reading_keys_may_not_allocate()
    {
        using var response = await ads.Post("/budget/allocate", """{"total":10}""", Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task Knows(params PerformanceRow[] rows) =>
        Assert.Empty((await ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows))).Rejected);

    private async Task<AllocationView> Allocate(BudgetRequest request)
    {
        ads.Clock.Advance(TimeSpan.FromMilliseconds(1)); // Decisions are listed by their time.
        return await ads.Write<AllocationView>("/budget/allocate", request);
    }

    private static PerformanceRow Row(string channel, long clicks, long conversions) =>
        new(RunningAds.Today.AddDays(-10), channel, null, null, clicks / 2m, null, clicks * 10, clicks, conversions, conversions * 40m);
}
