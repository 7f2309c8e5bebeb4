using MarketingPlatform.Experimentation.Distributions;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Distributions;

/// <summary>The tables at the end of every textbook.</summary>
public sealed class TestDistributionTests
{
    [Theory]
    [InlineData(1, 12.706204736432095)]
    [InlineData(2, 4.302652729696142)]
    [InlineData(10, 2.2281388519649385)]
    [InlineData(120, 1.979930405052777)]
    [InlineData(1e9, 1.9599639868)]
    public void Students_quantiles_are_the_tables(double degrees, double quantile) =>
        Assert.Equal(quantile, StudentDistribution.Quantile(0.975, degrees), 1e-8);

    [Theory]
    [InlineData(3)]
    [InlineData(19_999)]
    [InlineData(20_001)]
    [InlineData(3e6)]
    public void Students_quantile_undoes_its_distribution(double degrees)
    {
        foreach (var p in new[] { 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999 })
            Assert.Equal(p, StudentDistribution.Cumulative(StudentDistribution.Quantile(p, degrees), degrees), 1e-9);
    }

    [Theory]
    [InlineData(19_999.9, 20_000.1, 1.5)]
    [InlineData(19_999.9, 20_000.1, -3)]
    public void Students_two_ways_meet(double below, double above, double t) =>
        Assert.Equal(StudentDistribution.Cumulative(t, below), StudentDistribution.Cumulative(t, above), 1e-9);

    [Theory]
    [InlineData(3.841458820694124, 1, 0.05)]
    [InlineData(13.815510557964274, 2, 0.001)]
    [InlineData(1, 5, 0.9625657732472964)]
    [InlineData(0, 3, 1)]
    public void Chi_square_tails_are_the_tables(double x, int degrees, double tail) =>
        Assert.Equal(tail, ChiSquareDistribution.UpperTail(x, degrees), 1e-10);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.96, 0.9750021048517795)]
    [InlineData(-3.0000001, 0.00134989758844)]
    [InlineData(-2.9999999, 0.00134989847481)]
    [InlineData(-10, 7.619853024160527e-24)]
    public void Normal_shares_are_the_tables(double z, double share) => Assert.Equal(1, NormalDistribution.Cumulative(z) / share, 1e-9);
}
