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

    [Fact]
    public void Limits_of_channels_are_kept_to_the_cent_and_no_nearer_division_keeps_them() =>
        Gen.Select(Gen.Double[0, 100], Gen.Long[0, 20], Gen.Long[0, 100])
            .Array[4]
            .SelectMany(cells => Gen.Double[0, 1].Array[3].Select(parts => (cells, parts)))
            .Sample(
                (cells, parts) =>
                {
                    var ideal = cells.Select(c => c.Item1).ToArray();
                    var low = cells.Select(c => c.Item2).ToArray();
                    var high = cells.Select(c => c.Item2 + c.Item3).ToArray();
                    var (least, most) = (Between(0, parts[0]), Between(Between(0, parts[0]), parts[1], from: true));
                    ChannelCells[] channels = [new("x", [0, 1], new(least, most)), new(null, [2, 3], new(0, long.MaxValue))];
                    var (from, to) = (least + low[2] + low[3], most + high[2] + high[3]);
                    var total = from + (long)(parts[2] * (to - from));

                    var cents = Apportionment.Divide(total, ideal, low, high, channels);

                    Assert.Equal(total, cents.Sum());
                    Assert.All(cents, (c, i) => Assert.InRange(c, low[i], high[i]));
                    Assert.InRange(cents[0] + cents[1], least, most);
                    // Moving a few cents from any cell to any other leads away from the ideal, but for what whole cents cost.
                    for (var i = 0; i < 4; i++)
                    for (var j = 0; j < 4; j++)
                    {
                        long[] other = [.. cents];
                        (other[i], other[j]) = (other[i] - 3, other[j] + 3);
                        var keeps =
                            i != j
                            && other.Select((c, k) => c >= low[k] && c <= high[k]).All(k => k)
                            && other[0] + other[1] >= least
                            && other[0] + other[1] <= most;
                        Assert.True(!keeps || Distance(other) >= Distance(cents) - 1e-6);
                    }

                    double Distance(long[] amounts) => amounts.Select((a, k) => (a - ideal[k]) * (a - ideal[k])).Sum();
                    long Between(long start, double part, bool from = false)
                    {
                        var first = from ? start : low[0] + low[1];
                        return first + (long)(part * (high[0] + high[1] - first));
                    }
                },
                iter: 500
            );
}
