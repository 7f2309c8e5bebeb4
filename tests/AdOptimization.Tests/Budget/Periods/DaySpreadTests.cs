using CsCheck;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Budget.Periods;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Periods;

public sealed class DaySpreadTests
{
    /// <summary>The marginal return falls as one over the root of the spend: twice as good a day deserves four times as much.</summary>
    private static readonly DayResponse Root = new([(0, 0), (2, -1), (4, -2), (20, -10)]);

    [Fact]
    public void Days_that_are_alike_share_evenly_to_the_cent() =>
        Assert.Equal([334L, 333, 333], DaySpread.Of(1_000, [1, 1, 1], DayResponse.Unknown, null, 0.2).OrderDescending());

    [Fact]
    public void Days_that_bring_more_get_more_until_the_next_euro_returns_the_same_on_all()
    {
        // k/√x is equal where x goes by k².
        var days = DaySpread.Of(140_000, [1, 1.5, 0.5], Root, null, 10);

        Assert.Equal([40_000L, 90_000, 10_000], days);
    }

    [Fact]
    public void A_day_differs_from_the_one_before_by_the_maximum_change_at_most_and_all_is_spent() =>
        Gen.Select(Gen.Long[100_000, 100_000_000], Gen.Double[0.3, 3].Array[1, 40], Gen.Double[0, 1.5])
            .Sample(
                (left, factors, change) =>
                {
                    var days = DaySpread.Of(left, factors, Root, null, change);
                    Assert.Equal(left, days.Sum());
                    Keeps(days, change);
                },
                iter: 300
            );

    [Fact]
    public void What_hangs_on_the_day_before_is_never_over_what_is_left_and_rises_no_faster_than_it_may() =>
        Gen.Select(Gen.Long[1, 10_000_000], Gen.Double[0.3, 3].Array[1, 40], Gen.Double[0, 1.5], Gen.Long[0, 1_000_000])
            .Sample(
                (left, factors, change, before) =>
                {
                    var days = DaySpread.Of(left, factors, Root, before, change);
                    Assert.True(days.Sum() <= left && days.All(d => d >= 0));
                    if (before == 0)
                        return;
                    Assert.True(days[0] <= before * (1 + change) + 2);
                    // Only where it would have to rise faster is anything left.
                    if (days.Sum() < left)
                        Assert.All(days, (d, i) => Assert.InRange(d, before * Math.Pow(1 + change, i + 1) - 2, double.MaxValue));
                    else if (before * (1 - change) <= days[0])
                        Keeps(days, change);
                },
                iter: 500
            );

    [Fact]
    public void The_spread_over_weekdays_is_within_a_thousandth_of_the_proven_best()
    {
        CellDay[] history = [.. Enumerable.Range(1, 40).Select(age => new CellDay(age, 40 + age % 20, 0, 0, 15 + age % 7, 600))];
        var belief = CurveLearning.Learn([new(new("social", "", ""), history)], 5_000, LearningRules.Standard)[0];
        double[] factors = [.. Enumerable.Range(0, 28).Select(d => d % 7 >= 5 ? 1.6 : 0.9)];
        const long Left = 140_000;

        var days = DaySpread.Of(Left, factors, DayResponse.Of([belief], Left / 28.0), null, 10);

        var best = BudgetOptimiser.Solve(
            [
                .. factors.Select(f => new SpendCell(
                    "",
                    new MixedCurve([.. ((MixedCurve)belief.Expected).Parts.Select(p => (p.Weight * f, p.Curve))]),
                    0,
                    Left
                )),
            ],
            Left
        );
        var (even, ours) = (Value(_ => Left / 28.0), Value(d => days[d]));
        Assert.InRange(ours, 0.999 * best.Bound, best.Bound * (1 + 1e-9));
        Assert.True(ours > even);

        double Value(Func<int, double> spend) => factors.Select((f, d) => f * belief.Expected.Return(spend(d))).Sum();
    }

    [Fact]
    public void Nothing_left_is_spread_as_nothing() => Assert.Equal([0L, 0], DaySpread.Of(-5, [1, 1], DayResponse.Unknown, 100, 0.2));

    [Fact]
    public void A_day_is_not_moved_further_than_was_weighed()
    {
        Assert.Equal(400, Root.SpendOf(100, 50), 6);
        Assert.Equal(25, Root.SpendOf(100, 0.01), 6);
        Assert.Equal(225, Root.SpendOf(100, 1.5), 6);
    }

    // A cent of rounding on either day.
    private static void Keeps(long[] days, double change) =>
        Assert.All(
            days.Zip(days.Skip(1)),
            pair => Assert.InRange(pair.Second, pair.First * (1 - change) - 3, pair.First * (1 + change) + 3 + change)
        );
}
