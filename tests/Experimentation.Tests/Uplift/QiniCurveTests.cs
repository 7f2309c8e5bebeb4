using MarketingPlatform.Experimentation.Uplift;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Uplift;

public sealed class QiniCurveTests
{
    /// <summary>Worked out by hand: treated with outcome 1, untreated 0, treated 0, untreated 1, in this order of prediction.</summary>
    [Fact]
    public void Areas_of_four_people_are_those_worked_out_by_hand()
    {
        var result = QiniCurve.Of([4, 3, 2, 1], [true, false, true, false], [1, 0, 0, 1], new Random(1));

        // Gains by 2 treated: 0 (no control yet), ½, ½, 0. Trapezia of width ¼: ¼ (¼ + ½ + ¼) = ¼, less half of the end, 0.
        Assert.Equal([0, 0, 0.5, 0.5, 0], result.Curve.Select(point => point.Gain));
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], result.Curve.Select(point => point.Share));
        Assert.Equal(0.25, result.Qini.Estimate, 1e-12);
        Assert.Equal(0, result.MeanEffect, 1e-12);

        // Uplift curve: 0, ½ × 1, ¾ × ½, 0: ¼ (¼ + 7⁄16 + 3⁄16) = 7⁄32.
        Assert.Equal(7.0 / 32, result.Auuc.Estimate, 1e-12);
    }

    [Fact]
    public void One_prediction_for_all_is_as_good_as_chance()
    {
        var (_, treated, outcomes) = People(2_000, new Random(1));

        var result = QiniCurve.Of(new double[2_000], treated, outcomes, new Random(1));

        Assert.Equal(0, result.Qini.Estimate, 1e-12);
        Assert.Equal(result.MeanEffect / 2, result.Auuc.Estimate, 1e-12);
    }

    [Fact]
    public void The_true_effect_ranks_well_and_its_opposite_badly()
    {
        var (effects, treated, outcomes) = People(20_000, new Random(2));

        var right = QiniCurve.Of(effects, treated, outcomes, new Random(1), resamples: 100);
        var wrong = QiniCurve.Of([.. effects.Select(effect => -effect)], treated, outcomes, new Random(1), resamples: 100);

        // Half gain 0.2, half nothing: the curve rises to 0.1 at ½; the triangle above the diagonal has area ½ × ½ × 0.1.
        Assert.Equal(0.025, right.Qini.Estimate, 0.006);
        Assert.True(right.Qini.Contains(0.025) && right.Qini.Lower > 0, right.Qini.ToString());
        Assert.True(wrong.Qini.Upper < 0);
        Assert.InRange(right.Curve.Count, 2, 101);
    }

    [Fact]
    public void Chance_predictions_have_an_interval_around_0()
    {
        var (_, treated, outcomes) = People(5_000, new Random(3));
        var random = new Random(4);

        var result = QiniCurve.Of([.. treated.Select(_ => random.NextDouble())], treated, outcomes, new Random(1));

        Assert.True(result.Qini.Contains(0), result.Qini.ToString());
    }

    [Fact]
    public void What_is_no_test_is_refused()
    {
        Assert.Throws<ArgumentException>(() => QiniCurve.Of([1, 2], [true, true], [0, 1], new Random(1)));
        Assert.Throws<ArgumentException>(() => QiniCurve.Of([1], [true, false], [0, 1], new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => QiniCurve.Of([1, 2], [true, false], [0, 1], new Random(1), resamples: 10));
    }

    private static (double[] Effects, bool[] Treated, double[] Outcomes) People(int count, Random random)
    {
        var (effects, treated, outcomes) = (new double[count], new bool[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            effects[i] = random.Next(2) * 0.2;
            treated[i] = random.Next(2) == 0;
            outcomes[i] = random.NextDouble() < 0.2 + (treated[i] ? effects[i] : 0) ? 1 : 0;
        }
        return (effects, treated, outcomes);
    }
}
