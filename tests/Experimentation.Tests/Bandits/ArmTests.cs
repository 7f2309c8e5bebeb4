using CsCheck;
using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class ArmTests
{
    private static readonly GaussianArm Prior = new(typical: 20, spread: 8);

    [Fact]
    public void Rewards_in_any_order_and_in_batches_give_the_same_belief() =>
        Gen.Double[-50, 90]
            .Array[1, 20]
            .Sample(rewards =>
            {
                var one = rewards.Aggregate(Prior, (arm, reward) => arm.Observe(reward));
                var backwards = rewards.Reverse().Aggregate(Prior, (arm, reward) => arm.Observe(reward));
                var mean = rewards.Average();
                var batch = Prior.Observe(rewards.Length, mean, rewards.Sum(reward => (reward - mean) * (reward - mean)));
                return Near(one, backwards) && Near(one, batch);
            });

    [Fact]
    public void Draws_of_a_mean_spread_as_its_posterior_does()
    {
        var random = new Random(1);
        var arm = Enumerable.Range(0, 400).Aggregate(Prior, (a, i) => a.Observe(i % 2 == 0 ? 10 : 30));
        var draws = Enumerable.Range(0, 20_000).Select(_ => arm.Draw(random)).ToArray();

        var spread = Math.Sqrt(draws.Average(draw => Math.Pow(draw - draws.Average(), 2)));
        Assert.Equal(20, draws.Average(), 0.05);
        Assert.Equal(10 / Math.Sqrt(400), spread, 0.02);
    }

    [Fact]
    public void Half_a_memory_keeps_half_of_the_evidence_and_none_is_the_prior()
    {
        var seen = Enumerable.Repeat(40.0, 100).Aggregate(Prior, (arm, reward) => arm.Observe(reward));

        Assert.Equal(51, seen.Forget(0.5, Prior).Strength, 1e-9);
        Assert.True(Near(Prior, seen.Forget(0, Prior)));
        Assert.True(Near(seen, seen.Forget(1, Prior)));
        Assert.Equal(new BetaArm(6, 11), new BetaArm(11, 21).Forget(0.5, new BetaArm()));
        Assert.Equal(0.25, Memory.Keep(TimeSpan.FromDays(14), TimeSpan.FromDays(7)), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BetaArm().Forget(1.1, new BetaArm()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Memory.Keep(TimeSpan.FromDays(1), TimeSpan.Zero));
    }

    [Fact]
    public void A_memory_that_fades_follows_an_arm_that_has_become_good()
    {
        var prior = BetaArm.Jeffreys;
        var forgetful = new BetaArm(1, 1_000);
        for (var i = 0; i < 400; i++)
            forgetful = forgetful.Forget(0.98, prior).Observe(success: i % 2 == 0);

        Assert.InRange(forgetful.Mean, 0.4, 0.6);
    }

    [Fact]
    public void Zeros_inform_the_rate_and_amounts_the_amount()
    {
        var prior = new HurdleArm(BetaArm.Jeffreys, Prior);

        var seen = prior.Observe(0).Observe(0).Observe(35);

        Assert.Equal(new BetaArm(1.5, 2.5), seen.Rate);
        Assert.Equal(Prior.Observe(35), seen.Amount);
        Assert.Equal(prior.Rate, seen.Forget(0, prior).Rate);
        Assert.Throws<ArgumentOutOfRangeException>(() => prior.Observe(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => prior.Observe(double.NaN));
    }

    [Fact]
    public void Thompson_sampling_finds_the_arm_of_the_highest_mean()
    {
        var random = new Random(2);
        double[] means = [18, 20, 23];
        IReadOnlyList<GaussianArm> arms = [Prior, Prior, Prior];

        var share = PlayInBatches(arms, (arm, i) => arm.Observe(means[i] + 8 * Normal(random)), random);

        Assert.True(share[2] > 0.9, string.Join(' ', share));
    }

    [Fact]
    public void Thompson_sampling_of_revenue_prefers_few_large_baskets_to_many_small_ones()
    {
        var random = new Random(3);
        var prior = new HurdleArm(BetaArm.Jeffreys, new GaussianArm(typical: 30, spread: 30));
        (double Rate, double Basket)[] shops = [(0.08, 12), (0.04, 40)]; // 0.96 and 1.60 a person

        var share = PlayInBatches(
            [prior, prior],
            (arm, i) => arm.Observe(random.NextDouble() < shops[i].Rate ? -shops[i].Basket * Math.Log(1 - random.NextDouble()) : 0),
            random
        );

        Assert.True(share[1] > 0.8, string.Join(' ', share));
    }

    [Fact]
    public void Senseless_rewards_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianArm(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianArm(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prior.Observe(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prior.Observe(2, 1, -1));
    }

    /// <returns>Shares of the last of 40 batches of 100.</returns>
    private static IReadOnlyList<double> PlayInBatches<TArm>(IReadOnlyList<TArm> arms, Func<TArm, int, TArm> play, Random random)
        where TArm : IArm
    {
        var state = arms.ToArray();
        Allocation allocation = null!;
        for (var batch = 0; batch < 40; batch++)
        {
            allocation = Allocation.Thompson([.. state.Cast<IArm>()], random, draws: 1_000).WithMinimum(0.01);
            for (var i = 0; i < 100; i++)
            {
                var arm = allocation.Choose(random).Arm;
                state[arm] = play(state[arm], arm);
            }
        }
        return allocation.Shares;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static bool Near(GaussianArm a, GaussianArm b) =>
        Close(a.Mean, b.Mean) && Close(a.Strength, b.Strength) && Close(a.Shape, b.Shape) && Close(a.Scale, b.Scale);

    private static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a));
}
