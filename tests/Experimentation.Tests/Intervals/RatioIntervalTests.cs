using CsCheck;
using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Intervals;

public sealed class RatioIntervalTests
{
    /// <summary>Heart attacks without and with aspirin in the Physicians' Health Study, as A. Agresti prints them (Categorical Data Analysis,
    /// section 3.1: relative risk 1.82, 95 % interval 1.43 to 2.30); half a success moves the estimate by less than a hundredth.</summary>
    [Fact]
    public void It_gives_the_published_bounds()
    {
        var interval = RatioInterval.Of(new Proportion(189, 11_034), new Proportion(104, 11_037));

        Assert.InRange(interval.Estimate, 1.81, 1.82);
        Assert.Equal(1.43, interval.Lower, 2);
        Assert.Equal(2.30, interval.Upper, 2);
    }

    [Fact]
    public void Swapping_the_groups_gives_the_reciprocal() =>
        Gen.Select(Proportions, Proportions)
            .Sample(
                (a, b) =>
                {
                    var there = RatioInterval.Of(a, b);
                    var back = RatioInterval.Of(b, a);
                    return Near(there.Estimate, 1 / back.Estimate)
                        && Near(there.Lower, 1 / back.Upper)
                        && Near(there.Upper, 1 / back.Lower);
                }
            );

    [Fact]
    public void A_group_without_success_has_an_interval_too()
    {
        var interval = RatioInterval.Of(new Proportion(0, 40), new Proportion(10, 40));

        Assert.True(interval is { Lower: > 0, Upper: < 1 } && double.IsFinite(interval.Upper));
    }

    /// <summary>Of 4,000 pairs drawn from true rates .3 and .5, 95 % of the intervals hold the true ratio; a little more, by Katz and others.</summary>
    [Fact]
    public void It_holds_the_true_ratio_as_often_as_promised()
    {
        var random = new Random(1978);
        var held = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var interval = RatioInterval.Of(Draw(80, 0.3), Draw(120, 0.5));
            held += interval.Lower <= 0.6 && 0.6 <= interval.Upper ? 1 : 0;
        }
        Assert.InRange(held / 4_000.0, 0.94, 0.965);

        Proportion Draw(int trials, double rate) => new(Enumerable.Range(0, trials).Count(_ => random.NextDouble() < rate), trials);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(b));

    private static readonly Gen<Proportion> Proportions = Gen.Select(Gen.Int[1, 400], Gen.Double[0, 1])
        .Select((trials, share) => new Proportion((int)(trials * share), trials));
}
