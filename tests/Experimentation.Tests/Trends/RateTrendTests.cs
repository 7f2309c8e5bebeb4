using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Trends;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Trends;

public sealed class RateTrendTests
{
    /// <summary>Two levels have a closed form: the slope is the log ratio of the rates, its variance 1/9 + 1/16 of the counts.</summary>
    [Fact]
    public void Two_levels_give_the_rate_ratio_and_its_error()
    {
        var fit = RateTrend.Fit([new(0, 1_000, 4), new(0, 1_250, 5), new(2, 1_000, 16)])!;

        Assert.Equal(Math.Log(16.0 / 1_000 / (9.0 / 2_250)) / 2, fit.Slope, 9);
        Assert.Equal(Math.Log(9.0 / 2_250), fit.Intercept, 9);
        Assert.Equal(1, fit.Dispersion);
        Assert.Equal(Math.Sqrt(1 / 9.0 + 1 / 16.0) / 2, fit.Error, 9);
        Assert.Equal(3, fit.Change(0, 2).Estimate, 9);
    }

    [Fact]
    public void Nine_of_ten_intervals_hold_a_known_slope_though_counts_scatter_more_than_poisson()
    {
        var random = new Random(5);
        var held = 0;
        for (var run = 0; run < 400; run++)
        {
            var counts = Enumerable
                .Range(0, 20)
                .Select(i => new CountedEvents(
                    i * 0.2,
                    5_000,
                    Poisson(5_000 * 0.01 * Math.Exp(-0.15 * i * 0.2 + 0.15 * NormalDistribution.Sample(random)), random)
                ))
                .ToArray();
            var change = RateTrend.Fit(counts)!.Change(0, 3);
            held += change.Contains(Math.Exp(-0.45) - 1) ? 1 : 0;
        }
        Assert.InRange(held / 400.0, 0.85, 0.95);
    }

    [Fact]
    public void Nothing_to_go_by_gives_no_trend()
    {
        Assert.Null(RateTrend.Fit([new(0, 10, 1), new(1, 10, 1)]));
        Assert.Null(RateTrend.Fit([new(1, 10, 1), new(1, 10, 1), new(1, 10, 2)]));
        Assert.Null(RateTrend.Fit([new(0, 10, 0), new(1, 10, 0), new(2, 10, 0)]));
        Assert.Throws<ArgumentException>(() => RateTrend.Fit([new(0, 0, 1), new(1, 10, 1), new(2, 10, 1)]));
    }

    private static int Poisson(double mean, Random random)
    {
        var (count, left) = (0, mean);
        while (true)
        {
            left += Math.Log(1 - random.NextDouble());
            if (left < 0)
                return count;
            count++;
        }
    }
}
