using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class ReportingDelayTests
{
    [Fact]
    public void Parts_known_at_each_age_are_found_from_days_of_which_the_youngest_are_incomplete()
    {
        // Of each day's conversions 60 % are known at once, 90 % a day later, all two days later.
        double[] truth = [0.6, 0.9, 1];
        var chance = new Random(3);
        var days = Enumerable.Range(0, 90).Select(ageNow => Reported(ageNow, 100 + chance.Next(100), truth));

        var reported = ReportingDelay.Estimate(days);

        Assert.Equal(2, reported.Count);
        Assert.Equal(0.6, reported[0], 0.01);
        Assert.Equal(0.9, reported[1], 0.01);
    }

    [Fact]
    public void What_is_never_corrected_is_complete() =>
        Assert.Empty(ReportingDelay.Estimate([new(40, [(0, 10)]), new(3, [(1, 5)]), new(0, [(0, 2)])]));

    [Fact]
    public void A_day_first_reported_late_says_nothing_of_earlier_ages()
    {
        var reported = ReportingDelay.Estimate([new(40, [(5, 1_000), (6, 2_000)])]);

        Assert.Equal(6, reported.Count);
        Assert.All(reported, part => Assert.Equal(0.5, part, 0.001));
    }

    [Fact]
    public void A_few_conversions_do_not_speak_for_all_and_nothing_is_more_than_complete()
    {
        Assert.Equal([2 / 3.0], ReportingDelay.Estimate([new(40, [(0, 1), (1, 2)])]));
        Assert.Empty(ReportingDelay.Estimate([new(40, [(0, 100), (1, 50)])]));
    }

    [Fact]
    public void For_a_day_ahead_todays_row_is_as_incomplete_as_it_is_today() =>
        Assert.Equal([0.6, 0.6, 0.9], ReportingDelay.AsSeenFrom(1, [0.6, 0.9]));

    private static DayVersions Reported(int ageNow, int conversions, double[] parts) =>
        new(ageNow, [.. parts.Select((part, age) => (age, (long)Math.Round(part * conversions))).Where(v => v.age <= ageNow)]);
}
