using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Budget.Periods;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Periods;

public sealed class WeekdaysTests
{
    private static readonly DateOnly Date = new(2026, 3, 2);

    [Fact]
    public void Weekends_that_bring_more_for_the_same_money_are_found_out()
    {
        var factors = Learn(weekend: 1.6, seed: 1);

        Assert.Equal(1, factors.Average(), 9);
        Assert.InRange(factors[(int)DayOfWeek.Saturday] / factors[(int)DayOfWeek.Tuesday], 1.4, 1.8);
        Assert.InRange(factors[(int)DayOfWeek.Wednesday] / factors[(int)DayOfWeek.Tuesday], 0.85, 1.15);
    }

    [Fact]
    public void Chance_is_hardly_ever_taken_for_a_weekday()
    {
        var fooled = Enumerable.Range(0, 100).Count(seed => Learn(weekend: 1, seed).Any(f => f != 1));

        Assert.InRange(fooled, 0, 6);
    }

    [Fact]
    public void Few_days_tell_no_weekday_from_another() =>
        Assert.Equal(Weekdays.Even, Weekdays.Learn(Believe([Cell(0, 5, 2, 1), Cell(1, 5, 2, 2)]), Date, LearningRules.Standard));

    private static IReadOnlyList<double> Learn(double weekend, int seed) =>
        Weekdays.Learn(Believe([Cell(0, 84, weekend, seed), Cell(1, 84, weekend, seed + 1_000)]), Date, LearningRules.Standard);

    private static IReadOnlyList<CurveBelief> Believe(CellHistory[] cells) => CurveLearning.Learn(cells, 5_000, LearningRules.Standard);

    /// <summary>About 20 conversions a day for some 50 euros, of Poisson chance.</summary>
    private static CellHistory Cell(int i, int days, double weekend, int seed)
    {
        var random = new Random(seed);
        return new(new("c" + i, "", ""), [.. Enumerable.Range(1, days).Select(Day)]);

        CellDay Day(int age)
        {
            var isWeekend = Date.AddDays(-age).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            var spend = 40 + 20 * random.NextDouble();
            var mean = 0.4 * spend * (isWeekend ? weekend : 1);
            var (count, time) = (0, -Math.Log(1 - random.NextDouble()));
            while (time < mean)
                (count, time) = (count + 1, time - Math.Log(1 - random.NextDouble()));
            return new(age, (decimal)spend, 0, 0, count, count * 30m);
        }
    }
}
