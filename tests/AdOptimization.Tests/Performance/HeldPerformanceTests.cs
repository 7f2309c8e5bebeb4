using System.Net;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class HeldPerformanceTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly Yesterday = RunningAds.Today.AddDays(-1);

    [Fact]
    public async Task A_feed_that_lies_is_held_counts_nowhere_and_is_asked_about()
    {
        await TwoWeeks();

        var result = await Send(Row(Yesterday, 3_000), Row(Yesterday, 40) with { Channel = "search" });

        var held = Assert.Single(result.Held);
        Assert.Equal((1, 0), (result.Accepted, held.Index));
        Assert.StartsWith("spend 3000 is far above", held.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain((await ads.Read<Page<PerformanceView>>("/performance")).Items, r => r.Spend == 3_000);
        Assert.DoesNotContain(await ads.Published<ChannelSpendRecorded>(), sum => sum.Spend == 3_000);
        var asked = Assert.Single((await ads.Read<Page<HeldView>>("/performance/held")).Items);
        Assert.Equal((held.Id, Yesterday, 3_000m, held.Reason), (asked.Id, asked.Date, asked.Spend, asked.Reason));
        var allocation = await ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(100, null, null, null, null, 1));
        Assert.Equal(14 * 30, allocation.Cells.Single(c => c.Channel == "social").Spend);
        Assert.Contains(allocation.Notes, note => note.StartsWith("1 implausible row of performance is held", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_released_row_counts_is_published_and_its_level_is_believed_from_then_on()
    {
        await TwoWeeks();
        var held = Assert.Single((await Send(Row(Yesterday, 3_000))).Held);

        await Decides(held.Id, "release", HttpStatusCode.NoContent);

        Assert.Contains((await ads.Read<Page<PerformanceView>>("/performance")).Items, r => r.Date == Yesterday && r.Spend == 3_000);
        Assert.Contains(await ads.Published<ChannelSpendRecorded>(), sum => sum.Date == Yesterday && sum.Spend == 3_000);
        Assert.Empty((await ads.Read<Page<HeldView>>("/performance/held")).Items);
        Assert.Equal(1, (await Send(Row(RunningAds.Today, 3_300))).Accepted);
        await Decides(held.Id, "refuse", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_refused_row_is_gone_and_not_asked_about_when_the_feed_repeats_it()
    {
        await TwoWeeks();
        var held = Assert.Single((await Send(Row(Yesterday, 3_000))).Held);

        await Decides(held.Id, "refuse", HttpStatusCode.NoContent);
        var again = await Send(Row(Yesterday, 3_000));

        Assert.Equal((0, 0), (again.Accepted, again.Held.Count));
        Assert.Contains("refused before", Assert.Single(again.Rejected).Reason, StringComparison.Ordinal);
        Assert.Empty((await ads.Read<Page<HeldView>>("/performance/held")).Items);
    }

    [Fact]
    public async Task The_same_question_is_asked_once_and_a_plausible_correction_answers_it()
    {
        await TwoWeeks();
        var first = Assert.Single((await Send(Row(Yesterday, 3_000))).Held);
        var second = Assert.Single((await Send(Row(Yesterday, 3_100))).Held);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(3_100, Assert.Single((await ads.Read<Page<HeldView>>("/performance/held")).Items).Spend);

        Assert.Equal(1, (await Send(Row(Yesterday, 31))).Accepted);

        Assert.Empty((await ads.Read<Page<HeldView>>("/performance/held")).Items);
        await Decides(first.Id, "release", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_feed_that_falls_to_a_hundredth_is_asked_about_and_a_new_cell_far_above_its_channel_too()
    {
        await TwoWeeks();

        var result = await Send(
            Row(Yesterday, 0.3m),
            Row(RunningAds.Today, 0.3m),
            Row(Yesterday, 3_000) with
            {
                Segment = "vip",
            },
            Row(Yesterday, 300) with
            {
                Segment = "lapsed",
            },
            Row(Yesterday, 30) with
            {
                Segment = "other",
                Value = 9_000,
            }
        );

        Assert.Equal([0, 2, 4], result.Held.Select(h => h.Index));
        Assert.StartsWith("spend 0.3 is far below what 14 days of this cell", result.Held[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith("spend 3000 is far above what 14 days of channel social", result.Held[1].Reason, StringComparison.Ordinal);
        Assert.StartsWith("value of a conversion 3000 is far above", result.Held[2].Reason, StringComparison.Ordinal);
        Assert.Equal(2, result.Accepted);
    }

    [Fact]
    public async Task A_reading_key_may_look_and_not_decide()
    {
        using var forbidden = await ads.Post($"/performance/held/{Guid.CreateVersion7()}/release", "", Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    /// <summary>Days that end the day before yesterday.</summary>
    private async Task TwoWeeks()
    {
        await ads.StartsOver();
        var sent = await Send([.. Enumerable.Range(1, 14).Select(ago => Row(Yesterday.AddDays(-ago), 30))]);
        Assert.Equal((14, 0), (sent.Accepted, sent.Held.Count));
    }

    private async Task Decides(Guid id, string what, HttpStatusCode expected)
    {
        using var response = await ads.Post($"/performance/held/{id}/{what}", "");
        Assert.Equal(expected, response.StatusCode);
    }

    private static PerformanceRow Row(DateOnly date, decimal spend) => new(date, "social", null, "new", spend, null, 10_000, 100, 3, 90);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
