using CsCheck;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class ThompsonSamplingTests
{
    [Fact]
    public void Propensities_sum_to_1() =>
        Gen.Select(Gen.Double[0.02, 400], Gen.Double[0.02, 400])
            .Select((alpha, beta) => new BetaArm(alpha, beta))
            .Array[1, 5]
            .Sample(
                arms =>
                {
                    var sampler = new ThompsonSampling(arms);
                    var propensities = arms.Select((_, i) => sampler.Propensity(i)).ToArray();
                    return propensities.All(p => p is >= 0 and <= 1) && Math.Abs(propensities.Sum() - 1) < 1e-7;
                },
                iter: 100
            );

    [Fact]
    public void Equal_arms_share_the_traffic_equally() =>
        Gen.Select(Gen.Int[2, 6], Gen.Double[0.05, 1_000], Gen.Double[0.05, 1_000])
            .Sample(
                (count, alpha, beta) =>
                {
                    var sampler = new ThompsonSampling(Enumerable.Repeat(new BetaArm(alpha, beta), count));
                    return Math.Abs(sampler.Propensity(count - 1) - 1.0 / count) < 1e-7;
                },
                iter: 50
            );

    /// <summary>Closed form for whole parameters: E. Miller, "Formulas for Bayesian A/B testing" (2015), equation 6.</summary>
    [Theory]
    [InlineData(3, 5, 4, 2)]
    [InlineData(120, 880, 140, 860)]
    [InlineData(1, 1, 500, 500)]
    [InlineData(20_000, 80_000, 20_300, 79_700)]
    public void The_propensity_is_the_closed_form_one(int alphaA, int betaA, int alphaB, int betaB)
    {
        var closed = 0.0;
        for (var i = 0; i < alphaB; i++)
        {
            closed += Math.Exp(LogBeta(alphaA + i, betaA + betaB) - Math.Log(betaB + i) - LogBeta(1 + i, betaB) - LogBeta(alphaA, betaA));
        }

        var propensity = new ThompsonSampling([new BetaArm(alphaA, betaA), new BetaArm(alphaB, betaB)]).Propensity(1);

        Assert.Equal(closed, propensity, 1e-6);
    }

    [Fact]
    public void Arms_are_chosen_as_often_as_their_propensity_says()
    {
        var sampler = new ThompsonSampling([new BetaArm(3, 7), new BetaArm(0.4, 0.6), new BetaArm(30, 70)]);
        var random = new Random(11);
        var chosen = new int[3];
        for (var i = 0; i < 100_000; i++)
            chosen[sampler.Draw(random)]++;

        for (var arm = 0; arm < 3; arm++)
            Assert.Equal(sampler.Propensity(arm), chosen[arm] / 100_000.0, 0.006);
    }

    [Fact]
    public void A_choice_carries_its_own_propensity()
    {
        var sampler = new ThompsonSampling([new BetaArm(10, 90), new BetaArm(20, 80)]);

        var choice = sampler.Choose(new Random(3));

        Assert.Equal(sampler.Propensity(choice.Arm), choice.Propensity);
        Assert.InRange(choice.Propensity, 1e-6, 1);
    }

    [Fact]
    public void A_result_moves_only_the_arm_that_was_played_and_leaves_the_old_state_alone()
    {
        var before = ThompsonSampling.Uniform(2);

        var after = before.Observe(1, success: true);

        Assert.Equal([new BetaArm(1, 1), new BetaArm(1, 1)], before.Arms);
        Assert.Equal([new BetaArm(1, 1), new BetaArm(2, 1)], after.Arms);
    }

    [Fact]
    public void Regret_stays_far_below_that_of_uniform_play()
    {
        double[] rates = [0.9, 0.8];
        const int Rounds = 10_000;
        const double UniformRegret = Rounds * 0.05;

        var regrets = Enumerable.Range(1, 20).Select(seed => Regret(rates, Rounds, new Random(seed))).ToArray();

        Assert.InRange(regrets.Average(), 0, UniformRegret / 10);
        Assert.InRange(regrets.Max(), 0, UniformRegret / 3);
    }

    [Fact]
    public void No_arm_is_refused() => Assert.Throws<ArgumentException>(() => new ThompsonSampling([]));

    [Fact]
    public void An_unknown_arm_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ThompsonSampling.Uniform(2).Observe(2, success: true));

    private static double Regret(double[] rates, int rounds, Random random)
    {
        var sampler = ThompsonSampling.Uniform(rates.Length);
        var regret = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            var arm = sampler.Draw(random);
            regret += rates.Max() - rates[arm];
            sampler = sampler.Observe(arm, random.NextDouble() < rates[arm]);
        }
        return regret;
    }

    private static double LogBeta(double a, double b) =>
        GammaDistribution.LogGamma(a) + GammaDistribution.LogGamma(b) - GammaDistribution.LogGamma(a + b);
}
