using System.Net;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.AdOptimization.Traffic;
using MarketingPlatform.Contracts;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Incrementality;

public sealed class HoldOutsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly Start = RunningAds.Today.AddDays(-21);

    [Fact]
    public async Task A_hold_out_that_finds_half_of_what_is_reported_moves_the_budget_and_the_reason_is_said()
    {
        await ads.StartsOver();
        // Both report the same: 5 conversions a day worth 200.
        await Send([.. Enumerable.Range(0, 21).SelectMany(d => new[] { Row(d, "social"), Row(d, "search") })]);
        var before = await Allocate();

        var test = await ads.Write<HoldOutView>(
            "/hold-outs",
            new HoldOutRequest(
                "North and south",
                "Social",
                null,
                [.. Enumerable.Range(0, 20).Select(i => $"r{i}")],
                null,
                Start,
                Start.AddDays(13),
                14,
                1
            )
        );
        var random = new Random(2);
        // Caused: 7 a day in each of 10 regions; reported: 200 a day.
        var rows = test
            .Advertised.Concat(test.Held)
            .SelectMany(r =>
                Enumerable
                    .Range(-14, 28)
                    .Select(d => new HoldOutDay(
                        Start.AddDays(d),
                        r,
                        1_000 + random.Next(-4, 5) + (d >= 0 && test.Advertised.Contains(r) ? 7 : 0),
                        5
                    ))
            )
            .ToArray();
        var found = await ads.Write<HoldOutView>($"/hold-outs/{test.Id}/days", new HoldOutDays(rows));

        Assert.InRange(found.Result!.Incremental, 800, 1_160);
        Assert.Equal(2_800, found.Result.Reported);
        Assert.InRange(found.Result.Factor!.Value, 0.28, 0.45);
        var after = await Allocate();
        Assert.Contains(after.Notes, note => note.StartsWith("The value that social reports counts 0.3", StringComparison.Ordinal));
        Assert.True(Amount(after, "search") > Amount(before, "search"));
        var attributed = (await ads.Read<AttributionView>("/attribution")).Channels.Single(c => c.Channel == "social");
        Assert.Equal((found.Result.Factor, "North and south"), (attributed.IncrementalFactor, attributed.HoldOut));
        Assert.Equal(test.Id, Assert.Single((await ads.Read<Page<HoldOutView>>("/hold-outs")).Items).Id);
    }

    [Fact]
    public async Task Bad_plans_and_days_are_named_and_nothing_is_stored()
    {
        await ads.StartsOver();
        using var plan = await ads.Post(
            "/hold-outs",
            """{"regions": ["a", "a"], "heldShare": 1, "startsOn": "2026-03-01", "endsOn": "2026-03-02", "daysBefore": 1}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, plan.StatusCode);
        var text = await plan.Content.ReadAsStringAsync(RunningAds.Ct);
        Assert.All(
            ["name", "channel", "regions", "heldShare", "endsOn", "daysBefore"],
            f => Assert.Contains($"\"{f}\"", text, StringComparison.Ordinal)
        );

        var test = await ads.Write<HoldOutView>(
            "/hold-outs",
            new HoldOutRequest("x", "social", null, ["a", "b", "c", "d", "e", "f"], null, Start, Start.AddDays(13), 14, 1)
        );
        using var days = await ads.Post(
            $"/hold-outs/{test.Id}/days",
            """{"rows": [{"date": "2026-02-10", "region": "a", "revenue": -1}, {"date": "2026-02-10", "region": "z", "revenue": 1}, {"date": "2020-01-01", "region": "b", "revenue": 1}]}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, days.StatusCode);
        Assert.Null((await ads.Read<HoldOutView>($"/hold-outs/{test.Id}")).AnalysedAt);
        using var nobody = await ads.Post($"/hold-outs/{Guid.CreateVersion7()}/days", """{"rows": []}""");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    private Task<AllocationView> Allocate() =>
        ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(100, null, null, null, null, 1));

    private static decimal Amount(AllocationView allocation, string channel) => allocation.Cells.Single(c => c.Channel == channel).Amount;

    private static PerformanceRow Row(int day, string channel) =>
        new(Start.AddDays(day), channel, null, null, 50, null, 5_000, 100, 5, 200);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
