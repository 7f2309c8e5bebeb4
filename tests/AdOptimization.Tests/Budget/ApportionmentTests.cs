using CsCheck;
using MarketingPlatform.AdOptimization.Budget;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class ApportionmentTests
{
    [Fact]
    public void The_total_is_spent_to_the_cent_within_the_bounds() =>
        Gen.Select(Gen.Double[0, 1e9], Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000])
            .Array[1, 30]
            .SelectMany(cells => Gen.Double[0, 1].Select(part => (cells, part)))
            .Sample(
                (cells, part) =>
                {
                    var low = cells.Select(c => c.Item2).ToArray();
                    var high = cells.Select(c => c.Item2 + c.Item3).ToArray();
                    var total = low.Sum() + (long)(part * (high.Sum() - low.Sum()));
                    var cents = Apportionment.Divide(total, [.. cells.Select(c => c.Item1)], low, high);
                    return cents.Sum() == total && cents.Select((c, i) => c >= low[i] && c <= high[i]).All(kept => kept);
                },
                iter: 500
            );

    [Fact]
    public void Cents_left_over_go_by_largest_remainder() =>
        Assert.Equal([34, 33, 33], Apportionment.Divide(100, [33.5, 33.3, 33.2], [0, 0, 0], [100, 100, 100]));

    [Fact]
    public void What_a_bound_takes_away_is_shared_by_the_others() =>
        Assert.Equal([50, 35, 15], Apportionment.Divide(100, [70, 25, 5], [0, 0, 0], [50, 100, 100]));

    [Fact]
    public void A_total_that_the_bounds_do_not_allow_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Apportionment.Divide(100, [50, 50], [0, 0], [40, 40]));
}
