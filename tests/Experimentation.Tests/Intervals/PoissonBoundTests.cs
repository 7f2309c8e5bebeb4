using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Intervals;

public sealed class PoissonBoundTests
{
    /// <summary>Garwood's exact one-sided 95 % bounds.</summary>
    [Theory]
    [InlineData(0, 2.996)]
    [InlineData(1, 4.744)]
    [InlineData(2, 6.296)]
    [InlineData(5, 10.513)]
    [InlineData(10, 16.962)]
    [InlineData(50, 63.287)]
    public void It_is_within_a_percent_of_the_exact_bound(double count, double exact) =>
        Assert.InRange(PoissonBound.Upper(count), exact * 0.99, exact * 1.01);

    [Fact]
    public void A_count_or_confidence_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBound.Upper(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBound.Upper(1, 1));
    }
}
