using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Intervals;

public sealed class SkewedMeanIntervalTests
{
    [Fact]
    public void Without_skewness_it_is_the_normal_interval()
    {
        double[] values = [.. Enumerable.Range(0, 101).Select(i => i - 50.0)];
        var error = Math.Sqrt(values.Sum(value => value * value) / 100 / 101);

        var interval = SkewedMeanInterval.Of(values);

        Assert.Equal(0, interval.Estimate, 1e-12);
        Assert.Equal(-1.959964 * error, interval.Lower, 1e-5);
        Assert.Equal(1.959964 * error, interval.Upper, 1e-5);
    }

    /// <summary>Rare rewards of very different weights, as in off-policy evaluation: the normal interval misses above.</summary>
    [Fact]
    public void Rare_large_values_are_covered_where_the_normal_interval_falls_short()
    {
        var random = new Random(1);
        const double Truth = 0.05 * 1.8221188; // rate × mean of a log-normal with σ² = 1.2
        var (covered, normal) = (0, 0);
        const int Samples = 1_000;
        for (var sample = 0; sample < Samples; sample++)
        {
            var values = Enumerable.Range(0, 600).Select(_ => random.NextDouble() < 0.05 ? LogNormal() : 0).ToArray();
            covered += SkewedMeanInterval.Of(values).Contains(Truth) ? 1 : 0;
            var mean = values.Average();
            var half = 1.96 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / 599 / 600);
            normal += Math.Abs(mean - Truth) <= half ? 1 : 0;
        }

        Assert.True(covered > normal, $"{covered} {normal}");
        Assert.InRange(covered, 0.92 * Samples, 0.98 * Samples);

        double LogNormal() =>
            Math.Exp(Math.Sqrt(1.2) * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    [Fact]
    public void Values_without_spread_have_no_width_and_one_value_has_no_spread()
    {
        Assert.Equal(new Interval(3, 3, 3), SkewedMeanInterval.Of([3, 3, 3]));
        Assert.Throws<ArgumentException>(() => SkewedMeanInterval.Of([3]));
    }
}
