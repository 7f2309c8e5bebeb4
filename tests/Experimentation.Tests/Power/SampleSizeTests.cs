using CsCheck;
using MarketingPlatform.Experimentation.Power;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Power;

public sealed class SampleSizeTests
{
    /// <summary>Evan Miller's calculator.</summary>
    [Theory]
    [InlineData(0.2, 0.05, 1_030.2)]
    [InlineData(0.03, 0.003, 51_486.5)]
    public void Units_an_arm_are_Evan_Millers(double baseline, double effect, double units) =>
        Assert.Equal(units, SampleSize.ForRate(baseline, effect), 0.05);

    [Fact]
    public void So_many_units_have_the_power_that_was_asked_for_and_detect_the_effect() =>
        Gen.Select(Gen.Double[0.02, 0.6], Gen.Double[0.01, 0.3], Gen.Double[0.3, 0.95])
            .Sample(
                (baseline, effect, power) =>
                {
                    var units = SampleSize.ForRate(baseline, effect, power);
                    return Math.Abs(SampleSize.PowerForRate(baseline, effect, units) - power) < 1e-9
                        && Math.Abs(SampleSize.DetectableRise(baseline, units, power)!.Value - effect) < 1e-6;
                }
            );

    /// <summary>Half a standard deviation: 2 (1.96 + 0.8416)² / 0.25.</summary>
    [Fact]
    public void A_mean_needs_what_the_textbook_says() => Assert.Equal(62.79, SampleSize.ForMean(1, 0.5), 0.01);

    [Theory]
    [InlineData(0, 0.1, 0.8)]
    [InlineData(0.2, 0, 0.8)]
    [InlineData(0.2, 0.9, 0.8)]
    [InlineData(0.2, 0.1, 1)]
    [InlineData(0.2, 0.1, 0.01)]
    [InlineData(double.NaN, 0.1, 0.8)]
    public void What_cannot_be_is_refused(double baseline, double effect, double power) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SampleSize.ForRate(baseline, effect, power));
}
