using MarketingPlatform.Segmentation.Fairness;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Fairness;

public sealed class FairnessCheckTests
{
    private const int Runs = 200;

    [Fact]
    public void A_planted_ratio_of_three_fifths_is_flagged_and_only_that_group()
    {
        var (flagged, others) = (0, 0);
        for (var seed = 0; seed < Runs; seed++)
        {
            var found = FairnessCheck.Of(Drawn(seed, favoured: 0.30, disadvantaged: 0.18));
            flagged += found.Single(g => g.Group == "c").Flagged ? 1 : 0;
            others += found.Any(g => g.Group != "c" && g.Flagged) ? 1 : 0;
        }
        Assert.True(flagged >= 0.95 * Runs, $"{flagged} of {Runs} flagged");
        Assert.True(others <= 0.05 * Runs, $"another group flagged in {others} of {Runs}");
    }

    [Theory]
    [InlineData(0.30)]
    [InlineData(0.02)]
    public void A_fair_segment_is_hardly_ever_flagged(double rate)
    {
        var alarms = Enumerable.Range(0, Runs).Count(seed => FairnessCheck.Of(Drawn(seed, rate, rate)).Any(g => g.Flagged));
        Assert.True(alarms <= 0.05 * Runs, $"{alarms} false alarms in {Runs} runs");
    }

    [Fact]
    public void Shares_rates_and_ratios_are_those_of_the_counts()
    {
        var found = FairnessCheck.Of([new GroupCount("f", 600, 120), new GroupCount("m", 400, 40), new GroupCount("x", 0, 0)]);
        Assert.Equal(2, found.Count);
        var m = found[1];
        Assert.Equal((0.4, 0.25, 0.1), (m.ShareOfCustomers, m.ShareOfSelected, m.Rate));
        Assert.InRange(m.Ratio!.Estimate, 0.49, 0.52); // 0.1 / 0.2, half a success added
        Assert.InRange(m.Ratio.Lower, 0.33, 0.38);
        Assert.InRange(m.Ratio.Upper, 0.7, 0.76);
        Assert.True(m.Flagged);
        Assert.False(found[0].Flagged);
    }

    [Fact]
    public void A_handful_of_people_and_the_only_group_are_never_flagged()
    {
        Assert.DoesNotContain(FairnessCheck.Of([new GroupCount("a", 20, 0), new GroupCount("b", 500, 400)]), g => g.Flagged);
        Assert.Null(FairnessCheck.Of([new GroupCount("a", 500, 3)]).Single().Ratio);
    }

    [Fact]
    public void Where_nobody_is_selected_there_is_nothing_to_compare() =>
        Assert.All(FairnessCheck.Of([new GroupCount("a", 40, 0), new GroupCount("b", 500, 0)]), g => Assert.Null(g.Ratio));

    private static GroupCount[] Drawn(int seed, double favoured, double disadvantaged)
    {
        var random = new Random(seed);
        return
        [
            Group("a", 900, favoured),
            Group("b", 700, favoured),
            Group("c", 600, disadvantaged),
            Group("d", 300, favoured),
            Group("e", 60, favoured),
        ];

        GroupCount Group(string name, int customers, double rate) =>
            new(name, customers, Enumerable.Range(0, customers).Count(_ => random.NextDouble() < rate));
    }
}
