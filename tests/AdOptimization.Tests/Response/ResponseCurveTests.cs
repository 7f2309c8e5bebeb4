using CsCheck;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class ResponseCurveTests
{
    private static readonly Gen<ResponseCurve> AnyCurve = Gen.OneOf(
        Gen.Select(Gen.Double[0.1, 100], Gen.Double[0.1, 100], Gen.Double[0.3, 3], (a, k, s) => (ResponseCurve)new HillCurve(a, k, s)),
        Gen.Select(Gen.Double[0.1, 100], Gen.Double[0.2, 0.95], (a, s) => (ResponseCurve)new PowerCurve(a, s)),
        Gen.Select(Gen.Double[0.1, 100], Gen.Double[0.01, 1], (a, rate) => (ResponseCurve)new LogisticCurve(a, rate))
    );

    [Fact]
    public void The_marginal_return_is_the_slope() =>
        Gen.Select(AnyCurve, Gen.Double[0.5, 200])
            .Sample(
                (curve, spend) =>
                {
                    var step = spend * 1e-5;
                    var slope = (curve.Return(spend + step) - curve.Return(spend - step)) / (2 * step);
                    return Math.Abs(slope - curve.Marginal(spend)) <= 1e-6 * (curve.Marginal(spend) + curve.Return(spend) / spend);
                }
            );

    [Fact]
    public void The_spend_of_a_marginal_return_has_that_marginal_return() =>
        Gen.Select(AnyCurve, Gen.Double[0, 1])
            .Sample(
                (curve, part) =>
                {
                    var low = Math.Max(0.01, curve.Inflection);
                    var spend = low + part * 100;
                    var found = curve.SpendAt(curve.Marginal(spend), low, low + 100);
                    return Math.Abs(curve.Marginal(found) - curve.Marginal(spend)) <= 1e-9 * curve.Marginal(spend);
                }
            );

    [Fact]
    public void A_hill_curve_returns_half_of_its_scale_at_half_saturation_and_bends_at_its_inflection()
    {
        var curve = new HillCurve(10, 40, 3);

        Assert.Equal(5, curve.Return(40), 12);
        Assert.Equal(40 * Math.Pow(0.5, 1 / 3.0), curve.Inflection, 12);
        Assert.True(curve.Marginal(curve.Inflection) > curve.Marginal(curve.Inflection * 0.9));
        Assert.True(curve.Marginal(curve.Inflection) > curve.Marginal(curve.Inflection * 1.1));
    }
}
