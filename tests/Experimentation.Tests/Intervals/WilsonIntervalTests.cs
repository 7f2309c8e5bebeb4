using CsCheck;
using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Intervals;

public sealed class WilsonIntervalTests
{
    /// <summary>R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void It_gives_the_published_bounds(long successes, long trials, double lower, double upper)
    {
        var interval = WilsonInterval.Of(new Proportion(successes, trials));

        Assert.Equal(lower, interval.Lower, 4);
        Assert.Equal(upper, interval.Upper, 4);
    }

    [Fact]
    public void It_stays_within_0_and_1_and_holds_the_estimate() =>
        Gen.Select(Gen.Long[1, 100_000], Gen.Double[0, 1], Gen.Double[0.5, 0.9999])
            .Sample(
                (trials, share, confidence) =>
                {
                    var interval = WilsonInterval.Of(new Proportion((long)(trials * share), trials), confidence);
                    return interval.Lower >= 0 && interval.Upper <= 1 && interval.Contains(interval.Estimate);
                }
            );

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(11, 10)]
    [InlineData(0, 0)]
    public void Impossible_counts_are_refused(long successes, long trials) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Proportion(successes, trials));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void An_impossible_confidence_is_refused(double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(new Proportion(1, 2), confidence));

    [Fact]
    public void A_default_proportion_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(default));
}
