using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class ChannelShapeTests
{
    [Fact]
    public void Constant_spend_ends_where_the_curve_says_with_either_carry_over()
    {
        foreach (var carryover in Enum.GetValues<Carryover>())
        foreach (var saturation in Enum.GetValues<Saturation>())
        {
            var shape = new ChannelShape(carryover, saturation);
            var at = shape.Start();
            var response = new double[200];
            shape.Apply(at, [.. Enumerable.Repeat(1.5, 200)], response);

            Assert.Equal(shape.Curve(at, 1, 1).Return(1.5), response[^1], 9);
        }
    }

    [Fact]
    public void A_geometric_carry_over_keeps_its_part_of_the_period_before()
    {
        var shape = new ChannelShape(Carryover.Geometric, Saturation.Logistic);
        var response = new double[4];
        // A logit of 0 keeps a half; a rate of 0.0002 is nearly straight, with slope rate / 2.
        shape.Apply([0, Math.Log(0.0002)], [8, 0, 0, 0], response);

        Assert.Equal([4, 2, 1, 0.5], response.Select(r => Math.Round(r / 0.0001, 4)));
    }

    [Fact]
    public void A_weibull_carry_over_may_peak_after_the_spend()
    {
        var shape = new ChannelShape(Carryover.Weibull, Saturation.Logistic);
        var response = new double[6];
        shape.Apply([Math.Log(3), Math.Log(3), 0], [1, 0, 0, 0, 0, 0], response);

        Assert.InRange(Array.IndexOf(response, response.Max()), 1, 3);
    }
}
