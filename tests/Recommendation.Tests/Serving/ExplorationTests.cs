using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class ExplorationTests
{
    private static readonly List<Pick> Ranked = [.. Enumerable.Range(0, 15).Select(slot => new Pick(slot, 15 - slot, "model"))];

    [Fact]
    public void Without_exploration_the_best_is_first_for_certain()
    {
        var (picks, first) = Exploration.Choose(Ranked, 0, new Random(1));

        Assert.Equal(Ranked, picks);
        Assert.Equal((0, 1.0), (first.Chosen, first.Propensity));
    }

    [Fact]
    public void Each_choice_comes_as_often_as_its_propensity_says()
    {
        const int Draws = 20_000;
        var random = new Random(7);
        var counts = new int[Exploration.Shortlist];
        var propensities = new double[Exploration.Shortlist];
        for (var n = 0; n < Draws; n++)
        {
            var (picks, first) = Exploration.Choose(Ranked, 0.4, random);
            counts[first.Chosen]++;
            propensities[first.Chosen] = first.Propensity;
            Assert.Equal(first.Shortlist[first.Chosen], picks[0]);
            Assert.Equal(15, picks.DistinctBy(pick => pick.Slot).Count());
        }

        Assert.Equal(1, propensities.Sum(), 9);
        for (var place = 0; place < counts.Length; place++)
        {
            var error = Math.Sqrt(propensities[place] * (1 - propensities[place]) / Draws);
            Assert.InRange((double)counts[place] / Draws, propensities[place] - 5 * error, propensities[place] + 5 * error);
        }
    }

    [Fact]
    public void Nothing_to_choose_from_is_no_error() => Assert.Empty(Exploration.Choose([], 0.5, new Random(1)).Picks);
}
