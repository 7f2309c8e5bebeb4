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
