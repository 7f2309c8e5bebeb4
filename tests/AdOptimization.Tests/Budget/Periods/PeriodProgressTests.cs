using CsCheck;
using MarketingPlatform.AdOptimization.Budget.Periods;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Periods;

public sealed class PeriodProgressTests
{
    private static readonly DateOnly First = new(2026, 3, 2);

    [Fact]
    public void What_past_days_really_spent_is_taken_from_the_total_and_the_rest_divided_over_the_days_left()
    {
        var progress = Of(1_000, 10, today: 4, spent: [(0, 80), (1, 100), (2, 60), (3, 70)], allocated: []);

        Assert.Equal((310_00L, 690_00L), (progress.Spent, progress.Left));
        Assert.Equal(Enumerable.Repeat(115_00L, 6), progress.Days.Select(d => d.Amount));
    }

    [Fact]
    public void A_late_correction_of_a_past_day_changes_what_is_left()
    {
        var before = Of(1_000, 10, today: 1, spent: [(0, 100)], allocated: []);
        var after = Of(1_000, 10, today: 1, spent: [(0, 190)], allocated: []);

        Assert.Equal((100_00L, 90_00L), (before.Days[0].Amount, after.Days[0].Amount));
    }

    [Fact]
    public void Todays_budget_stands_once_it_is_divided_unless_less_is_left()
    {
        var stands = Of(1_000, 4, today: 1, spent: [(0, 250)], allocated: [(0, 250), (1, 300)]);
        // Tomorrow may not fall by more than a fifth.
        Assert.Equal([300_00L, 240_00, 210_00], stands.Days.Select(d => d.Amount));

        var cut = Of(1_000, 4, today: 1, spent: [(0, 900)], allocated: [(0, 250), (1, 300)]);
        Assert.Equal([100_00L, 0, 0], cut.Days.Select(d => d.Amount));
    }

    [Fact]
    public void Days_that_leave_a_part_of_their_budgets_forecast_an_end_under_the_total()
    {
        var under = Of(1_000, 10, today: 5, spent: Past(5, 50), allocated: Past(5, 100));
        Assert.Equal("under", under.State);
        Assert.InRange(under.Forecast, 700_00, 960_00);
        Assert.Contains("under", under.Sentence, StringComparison.Ordinal);

        var onPlan = Of(1_000, 10, today: 5, spent: Past(5, 100), allocated: Past(5, 100));
        Assert.Equal(("on-plan", 1_000_00L), (onPlan.State, onPlan.Forecast));
        Assert.Contains(
            "500.00 of 1000.00 EUR are spent; 500.00 are for the 5 days from 2026-03-07. At the pace so far it ends at 1000.00, as planned.",
            onPlan.Sentence,
            StringComparison.Ordinal
        );

        var over = Of(1_000, 10, today: 5, spent: Past(5, 220), allocated: Past(5, 100));
        Assert.Equal(("over", -100_00L), (over.State, over.Left));
        Assert.All(over.Days, d => Assert.Equal(0, d.Amount));

        static (int, decimal)[] Past(int days, decimal amount) => [.. Enumerable.Range(0, days).Select(i => (i, amount))];
    }

    [Fact]
    public void What_the_daily_change_leaves_without_a_day_is_said()
    {
        var progress = Of(1_000, 4, today: 2, spent: [(0, 10), (1, 10)], allocated: [(0, 10), (1, 10)]);

        Assert.Equal([12_00L, 14_40], progress.Days.Select(d => d.Amount));
        Assert.Equal((953_60L, "under"), (progress.Unplaced, progress.State));
        Assert.Contains("953.60 find no day, because a day may differ by 20% at most", progress.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_period_says_whether_it_has_begun_and_whether_it_is_over()
    {
        Assert.Equal("planned", Of(100, 5, today: -3, spent: [], allocated: []).State);
        Assert.Equal("done", Of(100, 5, today: 5, spent: [(0, 90)], allocated: []).State);
        Assert.Equal(5, Of(100, 5, today: -3, spent: [], allocated: []).Days.Count);
        Assert.Empty(Of(100, 5, today: 5, spent: [], allocated: []).Days);
    }

    [Fact]
    public void Past_spend_and_planned_days_are_never_together_above_the_total_while_that_is_not_spent_already() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 40], Gen.Int[-5, 45], Gen.Int[0, 5_000].Array[40], Gen.Int[0, 5_000].Array[40])
            .Sample(
                (total, days, today, spent, allocated) =>
                {
                    var progress = Of(
                        total,
                        days,
                        today,
                        [.. Enumerable.Range(0, Math.Clamp(today + 1, 0, days)).Select(i => (i, (decimal)spent[i]))],
                        [.. Enumerable.Range(0, days).Where(i => allocated[i] % 3 > 0).Select(i => (i, (decimal)allocated[i]))]
                    );
                    var planned = progress.Days.Sum(d => d.Amount);
                    var later = progress.Days.Where(d => d.Date > progress.Today).Sum(d => d.Amount);
                    Assert.True(planned <= Math.Max(0, progress.Left));
                    Assert.True(progress.SpentBefore + progress.SpentToday + later <= Math.Max(total * 100L, progress.Spent));
                    Assert.True(progress.Forecast >= progress.Spent);
                },
                iter: 500
            );

    private static PeriodProgress Of(
        decimal total,
        int days,
        int today,
        (int Day, decimal Amount)[] spent,
        (int Day, decimal Amount)[] allocated
    ) =>
        PeriodProgress.Of(
            new(Guid.Empty, "Spring", "EUR", First, First.AddDays(days - 1), total, 0.2, default, default, null),
            new(ByDay(spent), ByDay(allocated), Weekdays.Even, DayResponse.Unknown),
            First.AddDays(today)
        );

    private static Dictionary<DateOnly, long> ByDay((int Day, decimal Amount)[] days) =>
        days.ToDictionary(d => First.AddDays(d.Day), d => (long)(d.Amount * 100));
}
