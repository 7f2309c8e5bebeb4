using CsCheck;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Bayesian;
using MarketingPlatform.Experimentation.Distributions;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bayesian;

public sealed class BeliefTests
{
    /// <summary>E. Miller's closed form for whole-number parameters.</summary>
    [Fact]
    public void The_chance_to_win_is_the_closed_form() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 400], Gen.Int[1, 60], Gen.Int[1, 400])
            .Sample(
                (a, b, c, d) => Math.Abs(RateBelief.Of(new BetaArm(a, b), new BetaArm(c, d)).ChanceToWin - ChanceClosed(a, b, c, d)) < 1e-6,
                iter: 25,
                threads: 1
            );

    /// <summary>Stucchio's closed form, from the one above.</summary>
    [Fact]
    public void The_expected_loss_is_the_closed_form() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 400], Gen.Int[1, 60], Gen.Int[1, 400])
            .Sample(
                (a, b, c, d) =>
                {
                    // E max(A − B, 0) = E[A; A > B] − E[B; A > B].
                    var wanted = (double)a / (a + b) * ChanceClosed(c, d, a + 1, b) - (double)c / (c + d) * ChanceClosed(c + 1, d, a, b);
                    return Math.Abs(RateBelief.Of(new BetaArm(a, b), new BetaArm(c, d)).ExpectedLoss - wanted) < 1e-6;
                },
                iter: 25,
                threads: 1
            );

    /// <summary>Where one method hands over to the other they agree, so neither is wrong.</summary>
    [Theory]
    [InlineData(2_999, 2_999, 3_010, 3_100)]
    [InlineData(2_999, 60_000, 3_080, 60_000)]
    [InlineData(2_999, 27_000, 6_200, 55_000)]
    public void Large_rates_agree_with_quadrature(double a, double b, double c, double d)
    {
        var exact = RateBelief.Of(new BetaArm(a, b), new BetaArm(c, d));
        var expanded = LargeRates.Of(new BetaArm(a, b), new BetaArm(c, d), 0.95);
        Assert.Equal(exact.ChanceToWin, expanded.ChanceToWin, 1e-7);
        Assert.Equal(exact.ExpectedLoss, expanded.ExpectedLoss, 1e-8);
        Assert.Equal(exact.Lower, expanded.Lower, 1e-7);
        Assert.Equal(exact.Upper, expanded.Upper, 1e-7);
    }

    [Fact]
    public void Rare_successes_among_millions_are_compared_too()
    {
        var belief = RateBelief.Of(new BetaArm(11, 5_000_000), new BetaArm(31, 5_000_000));
        Assert.Equal(ChanceOfGammas(11, 31), belief.ChanceToWin, 1e-4);
    }

    [Fact]
    public void The_interval_of_rates_holds_what_it_says()
    {
        var random = new Random(5);
        var (control, treatment) = (new BetaArm(4, 30), new BetaArm(9, 40));
        var belief = RateBelief.Of(control, treatment);
        var inside = Enumerable
            .Range(0, 100_000)
            .Count(_ =>
                BetaDistribution.Sample(treatment.Alpha, treatment.Beta, random)
                    - BetaDistribution.Sample(control.Alpha, control.Beta, random)
                    is var difference
                && difference > belief.Lower
                && difference < belief.Upper
            );
        Assert.Equal(0.95, inside / 100_000.0, 0.004);
    }

    [Fact]
    public void A_mean_of_many_units_has_the_normal_closed_forms()
    {
        var belief = MeanBelief.Of(new Difference(0.3, 0.2, double.PositiveInfinity, 1_000));
        Assert.Equal(0.9331927987311419, belief.ChanceToWin, 1e-9);
        Assert.Equal(0.2 * 0.0293067938, belief.ExpectedLoss, 1e-9); // σ(φ(1.5) − 1.5 Φ(−1.5))
    }

    [Fact]
    public void The_loss_of_a_students_mean_is_its_integral()
    {
        var belief = MeanBelief.Of(new Difference(0.3, 0.2, 7, 20));
        var integral = Quadrature.Integrate(x => -x * StudentDistribution.Density((x - 0.3) / 0.2, 7) / 0.2, [-400, -40, -4, -1, 0], 1e-12);
        Assert.Equal(integral, belief.ExpectedLoss, 1e-6);
    }

    /// <summary>With rates known for sure the hurdle is a difference of normal means.</summary>
    [Fact]
    public void A_hurdle_of_known_rates_is_normal()
    {
        var belief = HurdleBelief.Of(new HurdleArm(new BetaArm(2e8, 8e8), 50, 4), new HurdleArm(new BetaArm(2e8, 8e8), 52, 9));
        var deviation = 0.2 * Math.Sqrt(13);
        Assert.Equal(NormalDistribution.Cumulative(0.4 / deviation), belief.ChanceToWin, 1e-5);
    }

    [Fact]
    public void A_hurdle_agrees_with_draws_and_with_itself_turned_round()
    {
        var (control, treatment) = (new HurdleArm(new BetaArm(6, 80), 40, 30), new HurdleArm(new BetaArm(12, 90), 35, 16));
        var belief = HurdleBelief.Of(control, treatment);
        var turned = HurdleBelief.Of(treatment, control);
        Assert.Equal(1, belief.ChanceToWin + turned.ChanceToWin, 1e-9);
        Assert.Equal(-belief.Lower, turned.Upper, 1e-6);

        var random = new Random(3);
        var (wins, loss) = (0, 0.0);
        for (var i = 0; i < 50_000; i++)
        {
            var difference = Draw(treatment) - Draw(control);
            wins += difference > 0 ? 1 : 0;
            loss += Math.Max(-difference, 0);
        }
        Assert.Equal(wins / 50_000.0, belief.ChanceToWin, 0.008);
        Assert.Equal(loss / 50_000, belief.ExpectedLoss, 0.02);

        double Draw(HurdleArm arm) =>
            BetaDistribution.Sample(arm.Rate.Alpha, arm.Rate.Beta, random)
            * (arm.Value + Math.Sqrt(arm.ValueVariance) * NormalDistribution.Sample(random));
    }

    /// <summary>All buyers pay the same: only the rates count, and the quadrature meets a step.</summary>
    [Fact]
    public void A_hurdle_of_one_price_is_a_comparison_of_rates()
    {
        var (control, treatment) = (new BetaArm(6, 80), new BetaArm(120, 900));
        var rates = RateBelief.Of(control, treatment);
        var belief = HurdleBelief.Of(new HurdleArm(control, 10, 0), new HurdleArm(treatment, 10, 0));
        Assert.Equal(rates.ChanceToWin, belief.ChanceToWin, 1e-6);
        Assert.Equal(10 * rates.ExpectedLoss, belief.ExpectedLoss, 1e-6);
        Assert.Equal(10 * rates.Lower, belief.Lower, 1e-5);
    }

    /// <summary>P(second &gt; first).</summary>
    private static double ChanceClosed(int a, int b, int c, int d)
    {
        var sum = 0.0;
        for (var i = 0; i < c; i++)
            sum += Math.Exp(LogBeta(a + i, d + b) - Math.Log(d + i) - LogBeta(1 + i, d) - LogBeta(a, b));
        return sum;
    }

    /// <summary>P(second &gt; first) of gamma draws, which rare rates are.</summary>
    private static double ChanceOfGammas(int a, int c) => 1 - BetaDistribution.CumulativeOfLogit(c, a, 0);

    private static double LogBeta(double a, double b) =>
        GammaDistribution.LogGamma(a) + GammaDistribution.LogGamma(b) - GammaDistribution.LogGamma(a + b);
}
