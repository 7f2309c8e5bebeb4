using System.Net;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.AdOptimization;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class PartsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly Yesterday = RunningAds.Today.AddDays(-1);

    [Fact]
    public async Task Creatives_and_hours_are_kept_and_the_day_of_their_cell_is_stored_and_published_as_their_sum()
    {
        await ads.StartsOver();
        var sent = await Send(
            Row(10, "a"),
            Row(5, "b"),
            Row(2, null) with
            {
                Channel = "search",
                Hour = 9,
            },
            Row(3, null) with
            {
                Channel = "search",
                Hour = 10,
            }
        );
        Assert.Equal((4, 0), (sent.Accepted, sent.Rejected.Count));
        Assert.Equal(1, (await Send(Row(6, "b"))).Accepted);

        var days = (await ads.Read<Page<PerformanceView>>("/performance")).Items;
        Assert.Equal([("search", 5m, 2_000L), ("social", 16m, 2_000L)], days.Select(d => (d.Channel, d.Spend, d.Impressions!.Value)));
        Assert.Equal(16, (await ads.Published<ChannelSpendRecorded>()).Last(s => s.Channel == "social").Spend);
        var parts = await ads.Read<Page<PartView>>($"/performance/parts?date={Yesterday:yyyy-MM-dd}&limit=3");
        Assert.Equal(
            [("search", 9, null), ("search", 10, null), ("social", null, "a")],
            parts.Items.Select(p => (p.Channel, p.Hour, p.Creative))
        );
        Assert.All(parts.Items, p => Assert.True(p.Counts));
        var rest = await ads.Read<Page<PartView>>($"/performance/parts?date={Yesterday:yyyy-MM-dd}&limit=3&cursor={parts.NextCursor}");
        Assert.Equal(("b", 6m, null), (Assert.Single(rest.Items).Creative, rest.Items[0].Spend, rest.NextCursor));
    }

    [Fact]
    public async Task A_creative_that_makes_its_day_implausible_counts_only_once_the_day_is_released()
    {
        await ads.StartsOver();
        await Send([.. Enumerable.Range(1, 14).Select(ago => Row(10, "a") with { Date = Yesterday.AddDays(-ago) })]);

        var held = (await Send(Row(10, "a"), Row(4_000, "b"))).Held;
        Assert.Equal([0, 1], held.Select(h => h.Index));
        Assert.Single(held.Select(h => h.Id).Distinct());
        Assert.All(await Parts(), p => Assert.False(p.Counts));

        using var released = await ads.Post($"/performance/held/{held[0].Id}/release", "");
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.All(await Parts(), p => Assert.True(p.Counts));
    }

    [Fact]
    public async Task Refused_days_leave_no_parts_behind()
    {
        await ads.StartsOver();
        await Send([.. Enumerable.Range(1, 14).Select(ago => Row(10, "a") with { Date = Yesterday.AddDays(-ago) })]);
        var held = (await Send(Row(4_000, "b"))).Held[0];

        using var refused = await ads.Post($"/performance/held/{held.Id}/refuse", "");

        Assert.Equal(HttpStatusCode.NoContent, refused.StatusCode);
        Assert.Empty(await Parts());
        Assert.Contains("refused before", Assert.Single((await Send(Row(4_000, "b"))).Rejected).Reason, StringComparison.Ordinal);
        Assert.Empty(await Parts());
    }

    [Fact]
    public async Task Hours_that_a_row_of_the_day_with_another_sum_replaces_count_nowhere_and_still_tell_how_the_day_went()
    {
        await ads.StartsOver();
        await Send(Row(2, null) with { Hour = 9 }, Row(3, null) with { Hour = 10 });
        Assert.Equal(1, (await Send(Row(8, null))).Accepted);

        Assert.Equal(8, Assert.Single((await ads.Read<Page<PerformanceView>>("/performance")).Items).Spend);
        var hours = await Parts();
        Assert.Equal([9, 10], hours.Select(h => h.Hour));
        Assert.All(hours, h => Assert.Equal((false, true), (h.Counts, h.Superseded)));
        Assert.Contains(
            "the row of the whole day is known",
            Assert.Single((await Send(Row(1, null) with { Hour = 11 })).Rejected).Reason,
            StringComparison.Ordinal
        );

        // Creatives tell the day anew, one by the hour; the row of its day replaces its hours as well.
        await Send(Row(4, "a") with { Hour = 9 }, Row(5, "b"));
        Assert.Equal(9, Assert.Single((await ads.Read<Page<PerformanceView>>("/performance")).Items).Spend);
        await Send(Row(6, "a"));
        Assert.Equal(11, Assert.Single((await ads.Read<Page<PerformanceView>>("/performance")).Items).Spend);
        Assert.Equal([null, null], (await Parts()).Where(p => p.Counts).Select(p => p.Hour));
        Assert.Contains(await Parts(), p => p is { Creative: "a", Hour: 9, Superseded: true });
    }

    [Fact]
    public async Task Bad_parts_are_refused_with_what_is_wrong()
    {
        await ads.StartsOver();
        var result = await Send(
            Row(1, "a") with
            {
                Hour = 24,
            },
            Row(1, "a") with
            {
                Impressions = null,
                Clicks = null,
                Conversions = null,
                Value = null,
            },
            Row(1, "a") with
            {
                Reach = 2_000,
            },
            Row(1, null) with
            {
                Reach = 10,
            },
            Row(-1, "a"),
            Row(1, "a") with
            {
                Conversions = 101,
            },
            Row(1, "a"),
            Row(2, "a")
        );

        Assert.Equal((1, 7), (result.Accepted, result.Rejected.Count));
        string[] reasons =
        [
            "not an hour",
            "are needed",
            "exceeds impressions",
            "kept with hours",
            "spend is negative",
            "conversions (101) exceed clicks",
            "comes again at index 7",
        ];
        Assert.All(result.Rejected.Zip(reasons), pair => Assert.Contains(pair.Second, pair.First.Reason, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<PartView>> Parts() =>
        (await ads.Read<Page<PartView>>($"/performance/parts?date={Yesterday:yyyy-MM-dd}")).Items;

    private static PerformanceRow Row(decimal spend, string? creative) =>
        new(Yesterday, "social", "spring", "new", spend, null, 1_000, 100, 3, 90, Creative: creative);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
