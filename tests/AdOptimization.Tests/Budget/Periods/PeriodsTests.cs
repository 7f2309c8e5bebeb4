using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Budget.Periods;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Periods;

public sealed class PeriodsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly Today = RunningAds.Today;

    [Fact]
    public async Task A_period_is_driven_day_by_day_to_its_total_and_never_over_though_days_spend_less_and_reports_come_late()
    {
        await StartsOver();
        await Learns();
        var period = await Create(new("Spring", 1_000, null, Today, Today.AddDays(9)));
        Assert.Equal((1_000m, "EUR", 0.2), (period.Left, period.Currency, period.MaximumDailyChange));
        Assert.Equal(Enumerable.Repeat(100m, 10), period.Days.Select(d => d.Amount));
        for (var day = 0; day < 10; day++)
        {
            var date = Today.AddDays(day);
            var allocation = await ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(null, null, date, null, null, 1));
            Assert.Contains(allocation.Notes, note => note.StartsWith("The total is the day's part of 'Spring'", StringComparison.Ordinal));
            var pacing = await ads.Read<PacingView>("/budget/pacing");
            Assert.Equal((period.Id, allocation.Total), (pacing.Period!.Id, pacing.Cells.Sum(c => c.Planned)));
            // The first days leave a part of their budgets.
            var part = day < 4 ? 0.8m : 1;
            await Knows([.. pacing.Cells.Select(c => Row(date, c.Channel, Math.Floor(c.Planned * part * 100) / 100))]);
            if (day == 5)
                // The third day had cost more than was known.
                await Knows(Row(Today.AddDays(2), "social", 70), Row(Today.AddDays(2), "search", 20));
            ads.Clock.Advance(TimeSpan.FromDays(1));
        }
        var end = await ads.Read<PeriodView>($"/budget/periods/{period.Id}");
        Assert.Equal("done", end.State);
        Assert.InRange(end.Spent, 990, 1_000);
    }

    [Fact]
    public async Task Days_of_the_week_that_bring_more_get_more()
    {
        await StartsOver();
        for (var week = 0; week < 12; week++)
            await Knows([
                .. Enumerable
                    .Range(1, 7)
                    .SelectMany(ago =>
                    {
                        var date = Today.AddDays(-7 * week - ago);
                        var conversions = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 36 : 20;
                        return new[] { "social", "search" }.Select(channel =>
                            Row(date, channel, 40 + (date.DayNumber * 7 + channel.Length) % 20) with
                            {
                                Conversions = conversions,
                                Value = conversions * 30,
                            }
                        );
                    }),
            ]);

        var period = await Create(new("Weeks", 1_400, null, Today, Today.AddDays(13), 1));

        Assert.Equal(1_400, period.Days.Sum(d => d.Amount));
        decimal Average(bool weekend) =>
            period.Days.Where(d => d.Date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday == weekend).Average(d => d.Amount);
        Assert.True(Average(true) > 1.2m * Average(false), $"{Average(true)} against {Average(false)}");
        foreach (var (one, next) in period.Days.Zip(period.Days.Skip(1)))
            Assert.InRange(next.Amount, 0, one.Amount * 2 + 0.02m);
    }

    [Fact]
    public async Task A_period_is_changed_and_ended_and_days_then_need_a_total_again()
    {
        await StartsOver();
        await Learns();
        var period = await Create(new("Spring", 1_000, null, Today, Today.AddDays(9)));
        ads.Clock.Advance(TimeSpan.FromSeconds(1));

        using var changed = await ads.Put(
            $"/budget/periods/{period.Id}",
            new PeriodRequest("Spring sale", 2_000, null, Today, Today.AddDays(19))
        );
        var view = (await changed.Content.ReadFromJsonAsync<PeriodView>(Json.Options, RunningAds.Ct))!;
        Assert.Equal(("Spring sale", 2_000m, 20), (view.Name, view.Total, view.Days.Count));
        Assert.Equal(view.Id, Assert.Single((await ads.Read<Page<PeriodView>>("/budget/periods")).Items).Id);

        var ended = await ads.Write<PeriodView>($"/budget/periods/{period.Id}/end", new { });
        Assert.Equal("ended", ended.State);
        using var refused = await ads.Post("/budget/allocate", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("/budget/periods", await refused.Content.ReadAsStringAsync(RunningAds.Ct), StringComparison.Ordinal);
        using var late = await ads.Put($"/budget/periods/{period.Id}", new PeriodRequest("x", 1, null, Today, Today.AddDays(1)));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var unknown = await ads.Get($"/budget/periods/{Guid.CreateVersion7()}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_late_correction_cuts_what_today_may_still_spend_and_what_is_spent_already_is_refused()
    {
        await StartsOver();
        await Learns();
        var period = await Create(new("Spring", 300, null, Today.AddDays(-2), Today.AddDays(1), 10));
        var allocation = await ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(null, null, Today, null, null, 1));
        // The days before had cost 120 each: Learns.
        Assert.Equal((240m, 60m), (period.Spent, period.Left));
        Assert.Equal(30, allocation.Total);

        await Knows(Row(Today.AddDays(-1), "social", 100));

        var pacing = await ads.Read<PacingView>("/budget/pacing");
        Assert.Equal(20, pacing.Period!.Left);
        Assert.InRange(pacing.Cells.Sum(c => c.Planned), 19.9m, 20);
        await Knows(Row(Today.AddDays(-2), "search", 110));
        Assert.All((await ads.Read<PacingView>("/budget/pacing")).Cells, c => Assert.Equal(0, c.Cap));
        using var refused = await ads.Post("/budget/allocate", "{}");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("nothing is left", await refused.Content.ReadAsStringAsync(RunningAds.Ct), StringComparison.Ordinal);
        Assert.Equal("over", (await ads.Read<PeriodView>($"/budget/periods/{period.Id}")).State);
    }

    [Fact]
    public async Task Two_periods_do_not_plan_the_same_day_and_bad_ones_are_refused_field_by_field()
    {
        await StartsOver();
        await Create(new("Spring", 300, null, Today, Today.AddDays(9)));
        await Create(new("Abroad", 300, "USD", Today, Today.AddDays(9)));
        using var overlaps = await ads.Post("/budget/periods", Body("Other", 10, Today.AddDays(9), Today.AddDays(12)));
        Assert.Equal(HttpStatusCode.Conflict, overlaps.StatusCode);
        Assert.Contains("Spring", await overlaps.Content.ReadAsStringAsync(RunningAds.Ct), StringComparison.Ordinal);
        await Create(new("Next", 300, null, Today.AddDays(10), Today.AddDays(10)));

        using var bad = await ads.Post(
            "/budget/periods",
            """{"name": " ", "total": 1.005, "currency": "euro", "lastDay": "2026-03-01", "maximumDailyChange": -1}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        var text = await bad.Content.ReadAsStringAsync(RunningAds.Ct);
        Assert.All(
            ["name", "total", "currency", "firstDay", "lastDay", "maximumDailyChange"],
            field => Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal)
        );
        using var forbidden = await ads.Post("/budget/periods", Body("x", 1, Today, Today), Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        static string Body(string name, decimal total, DateOnly first, DateOnly last) =>
            System.Text.Json.JsonSerializer.Serialize(new PeriodRequest(name, total, null, first, last), Json.Options);
    }

    private async Task StartsOver()
    {
        await ads.StartsOver();
        ads.Clock.AdjustTime(RunningAds.Start);
    }

    private Task<PeriodView> Create(PeriodRequest request)
    {
        ads.Clock.Advance(TimeSpan.FromMilliseconds(1));
        return ads.Write<PeriodView>("/budget/periods", request);
    }

    private Task Learns() =>
        Knows([.. Enumerable.Range(1, 14).SelectMany(ago => new[] { "social", "search" }.Select(c => Row(Today.AddDays(-ago), c, 60)))]);

    private async Task Knows(params PerformanceRow[] rows)
    {
        var result = await ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
        Assert.Empty(result.Rejected);
    }

    private static PerformanceRow Row(DateOnly date, string channel, decimal spend) =>
        new(date, channel, null, null, spend, null, 5_000, 100, 3, 120);
}
