using System.Net;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class PacingTests(RunningAds ads) : IClassFixture<RunningAds>
{
    [Fact]
    public async Task A_day_driven_through_the_public_door_is_spent_within_two_percent_of_plan_and_never_over()
    {
        await ads.StartsOver();
        await Learns();
        // Midnight in Berlin.
        ads.Clock.SetUtcNow(new(2026, 3, 2, 23, 0, 0, TimeSpan.Zero));
        var today = new DateOnly(2026, 3, 3);
        var allocation = await ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(250, null, today, null, null, 1));
        var random = new Random(3);
        var spent = allocation.Cells.ToDictionary(c => c.Channel, _ => new decimal[24]);
        for (var quarter = 0; quarter < 96; quarter++)
        {
            var pacing = await ads.Read<PacingView>("/budget/pacing");
            Assert.Equal((today, allocation.Id), (pacing.Date, pacing.AllocationId));
            var rows = new List<PerformanceRow?>();
            foreach (var cell in pacing.Cells)
            {
                // From barely enough chances to three times those that the plan needs, scattered, most in the evening.
                var usual = cell.Planned * (decimal)((1.2 + Math.Sin(2 * Math.PI * (quarter - 40) / 96.0)) / 115.2);
                var chances = usual * (cell.Channel == "social" ? 1.3m : 3) * (decimal)(0.5 + random.NextDouble());
                var bought = Math.Floor(100 * Math.Min(chances, cell.Cap)) / 100;
                spent[cell.Channel][quarter / 4] += bought;
                rows.Add(
                    Row(today, cell.Channel, spent[cell.Channel][quarter / 4]) with
                    {
                        Hour = quarter / 4,
                        Impressions = 200,
                        Clicks = 4,
                        Conversions = 0,
                        Value = null,
                    }
                );
            }
            Assert.Empty((await Send([.. rows])).Rejected);
            ads.Clock.Advance(TimeSpan.FromMinutes(15));
        }
        foreach (var cell in allocation.Cells)
            Assert.InRange(spent[cell.Channel].Sum(), cell.Amount * 0.98m, cell.Amount);
    }

    [Fact]
    public void Who_is_behind_may_catch_up_and_who_has_spent_all_may_spend_nothing()
    {
        var even = ShowPacing.Traffic(new Dictionary<int, double>());
        Assert.Equal(("on-plan", 5.42m), Of(50));
        Assert.Equal(("behind", 8.13m), Of(25));
        Assert.Equal(("ahead", 2.71m), Of(75));
        Assert.Equal(("done", 0m), Of(100));
        Assert.Equal(("done", 0m), Of(120));

        (string, decimal) Of(decimal spent)
        {
            var paced = ShowPacing.Pace(new(Guid.Empty, "social", "", "", 100, spent), even, 12, 1, null, "EUR");
            return (paced.State, paced.Cap);
        }
    }

    [Fact]
    public void The_traffic_of_a_day_is_learnt_from_hours_and_no_hour_is_shut_out()
    {
        var traffic = ShowPacing.Traffic(new Dictionary<int, double> { [20] = 300, [8] = 100 });
        Assert.Equal(1, traffic.Sum(), 9);
        Assert.InRange(traffic[20] / traffic[8], 2.9, 3.0);
        Assert.All(traffic, t => Assert.True(t > 0));
    }

    [Fact]
    public async Task A_day_without_a_budget_and_bad_questions_are_answered_with_what_to_do()
    {
        await ads.StartsOver();
        using var nothing = await ads.Get("/budget/pacing");
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
        Assert.Contains("divide one with POST", await nothing.Content.ReadAsStringAsync(RunningAds.Ct), StringComparison.Ordinal);
        using var bad = await ads.Get("/budget/pacing?minutes=90");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    private async Task Learns()
    {
        var sent = await Send([
            .. Enumerable
                .Range(1, 14)
                .SelectMany(ago =>
                    new[] { Row(RunningAds.Today.AddDays(-ago), "social", 60), Row(RunningAds.Today.AddDays(-ago), "search", 60) }
                ),
        ]);
        Assert.Empty(sent.Rejected);
    }

    private static PerformanceRow Row(DateOnly date, string channel, decimal spend) =>
        new(date, channel, null, null, spend, null, 5_000, 100, 3, 120);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
