using MarketingPlatform.AdOptimization.Budget.Simulation;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Simulation;

public sealed class ClosedLoopTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void Three_months_earn_most_of_the_best_possible_and_more_than_an_equal_split_or_a_single_allocation()
    {
        var report = EvaluateAllocationCommand.Run(6, 100, 0, TestContext.Current.CancellationToken);

        Assert.InRange(report.Platform.Estimate, 0.85, 1);
        Assert.True(report.OverEqualSplit.Lower > 0);
        Assert.True(report.OverOneOff.Estimate > 0);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Two_years_of_weeks_earn_more_where_no_hold_out_was_made_and_lose_nothing_where_one_was()
    {
        var report = EvaluateAllocationCommand.Run(8, 1, 104, TestContext.Current.CancellationToken).WithWeeks!;

        Assert.True(report.ClaimsMoreThanWithout.Estimate > 0);
        Assert.True(report.MoreThanWithout.Upper > 0);
        Assert.InRange(report.Platform.Estimate, 0.85, 1);
    }

    [Fact]
    public void The_weekly_model_of_a_simulated_past_finds_what_its_channels_caused()
    {
        var (data, holdOuts, claimed) = new SimulatedMarket(5).Past(104, 8);

        Assert.Equal((104, 4, 4, 4), (data.Periods, data.Channels.Count, holdOuts.Count, claimed.Count));
        Assert.Equal(data.Target, new SimulatedMarket(5).Past(104, 8).Weeks.Target);
        var past = PastWeeks.Learn(5, 104, true);
        for (var c = 0; c < 4; c++)
        {
            // What a hold-out found that a unit of money caused in the last four weeks; the truth drifts.
            var found = holdOuts[c].Lift / data.Channels[c].Values.TakeLast(4).Sum();
            Assert.InRange(past.Priors[c].Roi.Estimate / found, 0.4, 2.5);
        }
    }

    [Fact]
    public void The_market_is_the_same_whoever_spends()
    {
        var (a, b) = (new SimulatedMarket(3), new SimulatedMarket(3));
        double[] none = [.. SimulatedMarket.Cells.Select(_ => 0.0)];
        double[] much = [.. SimulatedMarket.Cells.Select(_ => 20_000.0)];
        for (var day = 0; day < 5; day++)
        {
            a.Spend(day, none);
            b.Spend(day, much);
            a.Drift();
            b.Drift();
        }

        Assert.Equal(a.Return(much), b.Return(much));
        Assert.Equal(a.Omniscient(), b.Omniscient());
    }

    [Fact]
    public void Reports_come_late_and_are_never_taken_back()
    {
        var market = new SimulatedMarket(1);
        market.Spend(0, [.. SimulatedMarket.Cells.Select(_ => 8_000.0)]);

        var seen = Enumerable.Range(1, 20).Select(day => market.Claimed(day).Sum(c => c.Conversions)).ToArray();

        Assert.Equal(seen.Order(), seen);
        Assert.True(seen[0] < seen[^1]);
        Assert.Equal(seen[^2], seen[^1]);
    }
}
