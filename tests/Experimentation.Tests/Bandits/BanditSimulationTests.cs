using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

/// <summary>The mean regrets over 500 runs that issue D asks for are printed by <c>marketing evaluate bandit</c>; these keep the policies
/// in their order with fewer runs.</summary>
public sealed class BanditSimulationTests
{
    private static readonly double[] Near = [0.9, 0.8];

    private static readonly BernoulliPolicy Shipped = BernoulliPolicies.AtLeast(BernoulliPolicies.Optimistic(BetaArm.Jeffreys));

    /// <summary>Issue D: at most 11 as a mean of 500 runs; 9.4 there, with a standard deviation of a run of about 6.6.</summary>
    [Fact]
    public void Guarded_Thompson_sampling_stays_within_the_wanted_regret() =>
        Assert.InRange(MeanRegret(Near, new(10_000), Shipped, runs: 60), 6, 12);

    [Fact]
    public void No_arm_is_left_alone_for_long()
    {
        BernoulliPolicy stubborn = (_, _, _) => 1;

        var plays = BanditSimulation.Run(Near, new(5_000), BernoulliPolicies.AtLeast(stubborn), new Random(1)).Plays;

        Assert.InRange(plays[0], 2 * Math.Log(5_000), 2 * Math.Log(5_000) + 2);
    }

    [Fact]
    public void While_results_are_awaited_arms_that_are_not_known_take_turns()
    {
        foreach (var policy in new[] { Shipped, BernoulliPolicies.Ucb1, BernoulliPolicies.KlUcb })
            Assert.InRange(BanditSimulation.Run(Near, new(1_000, Delay: 1_000), policy, new Random(1)).Plays[0], 400, 600);
    }

    [Fact]
    public void Confidence_bounds_lose_more_and_chance_loses_most()
    {
        var plan = new SimulationPlan(3_000);
        var thompson = MeanRegret(Near, plan, BernoulliPolicies.Thompson(BetaArm.Jeffreys), runs: 20);
        var klUcb = MeanRegret(Near, plan, BernoulliPolicies.KlUcb, runs: 20);
        var ucb1 = MeanRegret(Near, plan, BernoulliPolicies.Ucb1, runs: 20);
        var uniform = MeanRegret(Near, plan, BernoulliPolicies.Uniform, runs: 20);

        Assert.True(thompson < klUcb && klUcb < ucb1 && ucb1 < uniform, $"{thompson} {klUcb} {ucb1} {uniform}");
        Assert.Equal(150, uniform, 5.0);
    }

    [Fact]
    public void Late_and_batched_results_cost_little()
    {
        var policy = BernoulliPolicies.Thompson(BetaArm.Jeffreys);
        var late = MeanRegret(Near, new(5_000, Batch: 100, Delay: 50), policy, runs: 40);

        // Nothing is known of the first 100 to 200 rounds, which cost up to 0.05 each.
        Assert.InRange(late, 2, 30);
    }

    [Fact]
    public void A_result_is_known_at_the_end_of_the_batch_after_its_delay()
    {
        var known = new List<int>();
        BernoulliPolicy spy = (history, _, _) =>
        {
            known.Add((int)(history.Successes[0] + history.Failures[0]));
            return 0;
        };

        BanditSimulation.Run([0.5], new(8, Batch: 3, Delay: 2), spy, new Random(1));

        // The results of rounds 0 to 3 are there at rounds 3, 4, 5 and 6, and known at the ends of batches: 3, 6, 6, 6.
        Assert.Equal([0, 0, 0, 1, 1, 1, 4, 4], known);
    }

    [Fact]
    public void A_policy_that_forgets_keeps_little_more_than_its_memory()
    {
        var most = 0.0;
        BernoulliPolicy spy = (history, _, _) =>
        {
            most = Math.Max(most, history.Successes[0] + history.Failures[0]);
            return 0;
        };

        BanditSimulation.Run([0.5], new(2_000, Keep: 0.99), spy, new Random(1));

        Assert.InRange(most, 95, 100);
    }

    [Fact]
    public void The_least_share_is_played_even_by_a_policy_that_never_would()
    {
        BernoulliPolicy stubborn = (_, _, _) => 0;

        var run = BanditSimulation.Run(Near, new(10_000, MinimumShare: 0.05), stubborn, new Random(1));

        Assert.InRange(run.Plays[1], 400, 600);
        Assert.Equal(0.1 * run.Plays[1], run.Regret, 1e-9);
    }

    [Fact]
    public void Top_two_sampling_plays_the_best_arm_half_of_the_time_and_then_its_nearest_rival()
    {
        double[] rates = [0.5, 0.4, 0.1];
        var run = BanditSimulation.Run(rates, new(5_000), BernoulliPolicies.TopTwo(BetaArm.Jeffreys), new Random(4));

        Assert.InRange(run.Plays[0], 2_000, 3_000);
        Assert.True(run.Plays[1] > 5 * run.Plays[2]);
    }

    [Fact]
    public void The_curve_ends_in_the_regret()
    {
        var run = BanditSimulation.Run(Near, new(100), BernoulliPolicies.Uniform, new Random(1), [50, 100]);

        Assert.Equal(run.Regret, run.Curve[1]);
        Assert.InRange(run.Curve[0], 0, run.Curve[1]);
        Assert.Equal(100, run.Plays.Sum());
    }

    [Theory]
    [InlineData(0.2, 0, 0)] // KL(0 ‖ q) = −ln(1 − q)
    [InlineData(0.3, 1, 1)]
    public void The_confidence_bound_of_extreme_rates_is_the_closed_form_one(double budget, double rate, double same)
    {
        var bound = BernoulliPolicies.KlUpperBound(rate, budget);

        Assert.Equal(same == 1 ? 1 : 1 - Math.Exp(-budget), bound, 1e-7);
    }

    [Fact]
    public void Senseless_plans_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Run([], new(10)));
        Assert.Throws<ArgumentException>(() => Run([1.1], new(10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(Near, new(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(Near, new(10, Batch: 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(Near, new(10, Keep: 1.5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(Near, new(10, MinimumShare: 0.6)));

        static void Run(double[] rates, SimulationPlan plan) => BanditSimulation.Run(rates, plan, BernoulliPolicies.Uniform, new Random(1));
    }

    private static double MeanRegret(double[] rates, SimulationPlan plan, BernoulliPolicy policy, int runs) =>
        Enumerable.Range(1, runs).Average(seed => BanditSimulation.Run(rates, plan, policy, new Random(seed)).Regret);
}
