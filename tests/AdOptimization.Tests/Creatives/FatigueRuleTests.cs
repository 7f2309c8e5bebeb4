using MarketingPlatform.AdOptimization.Creatives;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Creatives;

public sealed class FatigueRuleTests
{
    [Fact]
    public void Response_that_falls_with_frequency_is_said_with_its_interval_and_frequency()
    {
        // 20,000 showings a day to 10,000 people: e to the −0.1 for each time seen.
        var fatigue = FatigueRule.Of([.. Days(12, day => 400 * Math.Exp(-0.2 * day))], d => d.Clicks)!;

        Assert.Equal(Math.Exp(-2.2) - 1, fatigue.Change, 2);
        Assert.InRange(fatigue.Change, fatigue.Lower, fatigue.Upper);
        Assert.Equal(24, fatigue.Frequency);
        Assert.Contains("seen it 24.0 times", fatigue.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Even_response_and_weekends_are_no_fatigue()
    {
        Assert.Null(FatigueRule.Of([.. Days(28, _ => 400)], d => d.Clicks));
        Assert.Null(FatigueRule.Of([.. Days(28, day => day % 7 < 2 ? 600 : 350)], d => d.Clicks));
    }

    [Fact]
    public void Few_days_say_nothing() => Assert.Null(FatigueRule.Of([.. Days(6, day => 400 - 60 * day)], d => d.Clicks));

    private static IEnumerable<CreativeDay> Days(int days, Func<int, double> clicks) =>
        Enumerable
            .Range(0, days)
            .Select(day => new CreativeDay(
                "new",
                "a",
                new DateOnly(2026, 1, 1).AddDays(day),
                10,
                "EUR",
                20_000,
                (long)Math.Round(clicks(day)),
                0,
                null,
                10_000
            ));
}
