using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Experimentation.Sequential;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Analysis;

/// <summary>The numbers of GrowthBook's own tests of its frequentist engine (gbstats, frequentist_test_tests.py), to five decimals as there.</summary>
public sealed class GrowthBookStatisticsTests
{
    private const double Tolerance = 5e-6;

    [Fact]
    public void Welch_relative() =>
        Holds(
            Mean(3407, 1396.87, 52377.9767),
            Mean(3461, 2422.7, 134698.29),
            Relative,
            Fixed(),
            0.70732,
            -0.03526,
            1.44989,
            0.06191,
            0.37879
        );

    [Fact]
    public void Welch_absolute() =>
        Holds(Mean(3407, 1396.87, 52377.9767), Mean(3461, 2422.7, 134698.29), Absolute, Fixed(), 0.29, 0.04538, 0.53462, 0.02016, 0.12478);

    [Fact]
    public void Welch_of_rates() => Holds(Rate(14, 28), Rate(16, 30), Relative, Fixed(), 0.06667, -0.47767, 0.61101, 0.80707, 0.2717);

    [Fact]
    public void A_variance_that_cannot_be_gives_no_answer() =>
        Assert.Null(Difference.Of(Mean(2, 1396.87, 52377.9767), Mean(3461, 2422.7, 134698.29), Relative));

    [Fact]
    public void Welch_of_adjusted_ratios()
    {
        var (control, treatment) = AdjustedRatios();
        Holds(control, treatment, Relative, Fixed(), -0.0007, -0.00841, 0.00700, 0.85771, 0.00391);
    }

    [Fact]
    public void Sequential_with_its_tuning() =>
        Holds(
            Mean(3000, 1396.87, 52377.9767),
            Mean(3461, 2422.7, 134698.29),
            Relative,
            Anytime(1000),
            0.50336,
            -0.55844,
            1.56516,
            1,
            0.33341
        );

    [Fact]
    public void Sequential_of_rates() =>
        Holds(Rate(1396, 3000), Rate(2422, 3461), Relative, Anytime(), 0.50386, 0.40098, 0.60675, 0, 0.03386);

    [Fact]
    public void Sequential_of_adjusted_means()
    {
        var arms = Cuped.Adjust([
            Adjusted(3000, 1396.87, 52377.9767, 16.87, 527.9767, 1),
            Adjusted(3461, 2422.7, 134698.29, 22.7, 1348.29, 1),
        ]);
        Holds(arms[0], arms[1], Relative, Anytime(), 0.50338, -0.50969, 1.51646, 1, 0.33341);
    }

    [Fact]
    public void Sequential_of_adjusted_ratios()
    {
        var (control, treatment) = AdjustedRatios();
        Holds(control, treatment, Relative, Anytime(), -0.0007, -0.02063, 0.01923, 1, 0.00391);
    }

    [Fact]
    public void A_sequence_is_tightest_near_its_tuning()
    {
        double Width(long tuning) => new ConfidenceSequence(tuning).CriticalValue(6461);
        Assert.True(Width(6461) < Width(10_000) && Width(10_000) < Width(10));
    }

    [Theory]
    [InlineData(Relative, Alternative.Greater, 0.5033610858562358, -0.045136675850396046, 0.06558262868467746)]
    [InlineData(Absolute, Alternative.Greater, 0.23437666666666668, 0.020791480063255735, 0.03554272489873023)]
    [InlineData(Relative, Alternative.Less, 0.5033610858562358, 1.0518588475628676, 0.9344173713153225)]
    [InlineData(Absolute, Alternative.Less, 0.23437666666666668, 0.44796185327007765, 0.9644572751012698)]
    public void Welch_one_sided(DifferenceKind kind, Alternative alternative, double value, double bound, double p) =>
        HoldsOneSided(kind, difference => WelchTest.Test(difference, 0.05, alternative), alternative, value, bound, p);

    [Theory]
    [InlineData(Relative, Alternative.Greater, 0.5033610858562358, -0.42356454602790883, 0.4999)]
    [InlineData(Absolute, Alternative.Greater, 0.23437666666666668, -0.12656844172804982, 0.46316491943359384)]
    [InlineData(Relative, Alternative.Less, 0.5033610858562358, 1.4302867177403806, 0.4999)]
    [InlineData(Absolute, Alternative.Less, 0.23437666666666668, 0.5953217750613832, 0.4999)]
    public void Sequential_one_sided(DifferenceKind kind, Alternative alternative, double value, double bound, double p) =>
        HoldsOneSided(kind, new ConfidenceSequence(alternative: alternative).Test, alternative, value, bound, p);

    private const DifferenceKind Absolute = DifferenceKind.Absolute;
    private const DifferenceKind Relative = DifferenceKind.Relative;

    private static Func<Difference, TestedDifference> Fixed() => difference => WelchTest.Test(difference);

    private static Func<Difference, TestedDifference> Anytime(long tuning = 5_000) => new ConfidenceSequence(tuning).Test;

    private static void Holds(
        Estimate control,
        Estimate treatment,
        DifferenceKind kind,
        Func<Difference, TestedDifference> test,
        double value,
        double lower,
        double upper,
        double p,
        double error
    )
    {
        var difference = Difference.Of(control, treatment, kind)!.Value;
        var tested = test(difference);
        Assert.Equal(value, tested.Value, Tolerance);
        Assert.Equal(lower, tested.Lower, Tolerance);
        Assert.Equal(upper, tested.Upper, Tolerance);
        Assert.Equal(p, tested.P, Tolerance);
        Assert.Equal(error, difference.StandardError, Tolerance);
    }

    private static void HoldsOneSided(
        DifferenceKind kind,
        Func<Difference, TestedDifference> test,
        Alternative alternative,
        double value,
        double bound,
        double p
    )
    {
        var difference = Difference.Of(Mean(3000, 1396.87, 52377.9767), Mean(3461, 2422.7, 134698.29), kind)!.Value;
        var tested = test(difference);
        Assert.Equal(value, tested.Value, Tolerance);
        Assert.Equal(bound, alternative == Alternative.Greater ? tested.Lower : tested.Upper, Tolerance);
        Assert.Equal(p, tested.P, Tolerance);
        Assert.True(double.IsInfinity(alternative == Alternative.Greater ? tested.Upper : tested.Lower));
    }

    private static Estimate Mean(long units, double sum, double squares) =>
        Estimate.Of(
            UnitMoments.FromSums(
                units,
                [sum],
                new[,]
                {
                    { squares },
                }
            )
        );

    private static Estimate Rate(long successes, long units) => Estimate.Of(new Proportion(successes, units));

    private static UnitMoments Adjusted(long units, double sum, double squares, double before, double beforeSquares, double product) =>
        UnitMoments.FromSums(
            units,
            [sum, units, before],
            new[,]
            {
                { squares, sum, product },
                { sum, units, before },
                { product, before, beforeSquares },
            }
        );

    private static (Estimate Control, Estimate Treatment) AdjustedRatios()
    {
        var arms = Cuped.Adjust([
            Ratio(
                485.112236689623,
                2715.484666118136,
                679.9093275844917,
                4939.424001640236,
                192.59138069991536,
                460.076026390857,
                290.1398399750233,
                920.9461385038898,
                3602.146836776702,
                1113.6215759318352,
                1559.2878434944676,
                1460.3181079276983,
                2130.9404074446747,
                634.239482353647
            ),
            Ratio(
                514.7757826608777,
                2994.897482705013,
                705.4090874383759,
                5291.36604146392,
                206.94157227402536,
                514.2903702246757,
                302.54389139107326,
                994.4506208125663,
                3918.1561431600717,
                1237.0953021125997,
                1701.0287270040265,
                1604.0759503266522,
                2292.081739775257,
                698.4173425817908
            ),
        ]);
        return (arms[0], arms[1]);
    }

    private static UnitMoments Ratio(
        double m,
        double mm,
        double d,
        double dd,
        double x,
        double xx,
        double e,
        double ee,
        double md,
        double mx,
        double me,
        double xd,
        double de,
        double xe
    ) =>
        UnitMoments.FromSums(
            100,
            [m, d, x, e],
            new[,]
            {
                { mm, md, mx, me },
                { md, dd, xd, de },
                { mx, xd, xx, xe },
                { me, de, xe, ee },
            }
        );
}
