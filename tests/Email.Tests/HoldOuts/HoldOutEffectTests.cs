using MarketingPlatform.Email.HoldOuts;
using Xunit;

namespace MarketingPlatform.Email.Tests.HoldOuts;

public class HoldOutEffectTests
{
    private static HoldOutArm Treated(long customers, long converted, decimal revenue, double variance) =>
        new(false, customers, converted, revenue, variance, null);

    private static HoldOutArm HeldOut(long customers, long converted, decimal revenue, double variance) =>
        new(true, customers, converted, revenue, variance, null);

    [Fact]
    public void Newcombes_difference_is_reported()
    {
        // Newcombe 1998, table II, case (a), method 10: 56/70 - 48/80.
        var effect = HoldOutEffect.Of("x", [Treated(70, 56, 0, 0), HeldOut(80, 48, 0, 0)], null, "EUR");

        Assert.Equal(0.2, effect.RateDifference!.Estimate, 4);
        Assert.Equal(0.0524, effect.RateDifference.Lower, 4);
        Assert.Equal(0.3339, effect.RateDifference.Upper, 4);
    }

    [Fact]
    public void An_earning_is_said_in_one_sentence()
    {
        var effect = HoldOutEffect.Of("carts", [Treated(1000, 200, 20_000, 400), HeldOut(100, 5, 500, 100)], null, "EUR");

        Assert.Equal(15_000, effect.IncrementalRevenue!.Estimate, 6);
        Assert.StartsWith("carts earned 15,000 EUR that would not have come without it (", effect.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void With_nobody_held_out_nothing_is_claimed()
    {
        var effect = HoldOutEffect.Of("carts", [Treated(1000, 200, 20_000, 400)], null, "EUR");

        Assert.Null(effect.IncrementalRevenue);
        Assert.Equal(20_000, effect.Attributed);
        Assert.StartsWith("Nothing can be said", effect.Sentence, StringComparison.Ordinal);
    }
}
