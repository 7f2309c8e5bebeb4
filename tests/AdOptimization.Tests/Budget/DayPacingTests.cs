using MarketingPlatform.AdOptimization.Budget;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class DayPacingTests
{
    /// <summary>Quarters of hours: little at night, most in the evening.</summary>
    private static readonly double[] Traffic = [.. Enumerable.Range(0, 96).Select(i => 1.2 + Math.Sin(2 * Math.PI * (i - 40) / 96.0))];

    [Fact]
    public void A_day_of_uneven_auctions_is_spent_within_two_percent_of_plan_and_never_over()
    {
        var random = new Random(1);
        for (var day = 0; day < 200; day++)
        {
            const long Planned = 25_000;
            // This day has from nearly enough to three times the chances that the plan needs, scattered by chance and unlike the usual day.
            var plenty = 1.15 + 2 * random.NextDouble();
            var spent = 0L;
            for (var interval = 0; interval < Traffic.Length; interval++)
            {
                var usual = Planned * Traffic[interval] / Traffic.Sum();
                var chances = (long)(usual * plenty * (0.5 + random.NextDouble()));
                spent += Math.Min(chances, DayPacing.Cap(Planned, spent, Traffic, interval));
            }
            Assert.InRange(spent, (long)(Planned * 0.98), Planned);
        }
    }

    [Fact]
    public void It_is_not_gone_by_noon()
    {
        var spent = 0L;
        for (var interval = 0; interval < 48; interval++)
            spent += DayPacing.Cap(10_000, spent, Traffic, interval);

        Assert.InRange(spent, 3_000, 6_500);
    }

    [Fact]
    public void Who_spent_more_than_planned_may_spend_nothing_more() => Assert.Equal(0, DayPacing.Cap(100, 120, Traffic, 5));
}
