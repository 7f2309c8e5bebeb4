using CsCheck;
using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Intervals;

public sealed class NewcombeIntervalTests
{
    /// <summary>Newcombe 1998, table II, method 10, contrasts (a) to (h).</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.2000, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.6000, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.5714, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, 0.0893, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, 0.0000, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, 0.0000, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 20, 1.0000, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 1.0000, 0.6075, 1.0000)]
    public void It_gives_the_published_bounds(long a, long m, long b, long n, double difference, double lower, double upper)
    {
        var interval = NewcombeInterval.Of(new Proportion(a, m), new Proportion(b, n));

        Assert.Equal(difference, interval.Estimate, 4);
        Assert.Equal(lower, interval.Lower, 4);
        Assert.Equal(upper, interval.Upper, 4);
    }

    [Fact]
    public void Swapping_the_arms_mirrors_the_interval() =>
        Gen.Select(Proportions, Proportions)
            .Sample(
                (a, b) =>
                {
                    var there = NewcombeInterval.Of(a, b);
                    var back = NewcombeInterval.Of(b, a);
                    return Near(there.Lower, -back.Upper) && Near(there.Upper, -back.Lower) && Near(there.Estimate, -back.Estimate);
                }
            );

    [Fact]
    public void Counting_failures_instead_of_successes_mirrors_the_interval() =>
        Gen.Select(Proportions, Proportions)
            .Sample(
                (a, b) =>
                {
                    var there = NewcombeInterval.Of(a, b);
                    var failures = NewcombeInterval.Of(Failures(a), Failures(b));
                    return Near(there.Lower, -failures.Upper) && Near(there.Upper, -failures.Lower);
                }
            );

    [Fact]
    public void More_confidence_never_narrows_it() =>
        Gen.Select(Proportions, Proportions, Gen.Double[0.5, 0.94])
            .Sample(
                (a, b, confidence) =>
                {
                    var narrow = NewcombeInterval.Of(a, b, confidence);
                    var wide = NewcombeInterval.Of(a, b, confidence + 0.05);
                    return wide.Lower <= narrow.Lower && narrow.Upper <= wide.Upper && wide.Lower >= -1 && wide.Upper <= 1;
                }
            );

    private static readonly Gen<Proportion> Proportions = Gen.Select(Gen.Long[1, 10_000], Gen.Double[0, 1])
        .Select((trials, share) => new Proportion((long)(trials * share), trials));

    private static Proportion Failures(Proportion proportion) => new(proportion.Trials - proportion.Successes, proportion.Trials);

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;
}
