using CsCheck;
using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class AllocationTests
{
    private static readonly BetaArm[] Arms = [new(30, 470), new(45, 455), new(5, 95)];

    [Fact]
    public void Simulated_shares_come_near_the_exact_ones()
    {
        var exact = Allocation.Thompson(new ThompsonSampling(Arms));
        var simulated = Allocation.Thompson(Arms, new Random(2), draws: 40_000);

        for (var arm = 0; arm < Arms.Length; arm++)
            Assert.Equal(exact.Shares[arm], simulated.Shares[arm], 0.01);
    }

    [Fact]
    public void Optimism_does_not_pass_over_the_leader_for_a_low_draw_of_its_own()
    {
        BetaArm[] arms = [new(450, 550), new(4, 6)];
        var plain = Allocation.Thompson(arms, new Random(2));
        var optimistic = Allocation.Thompson(arms, new Random(2), optimistic: true);

        Assert.True(optimistic.Shares[0] > plain.Shares[0]);
        Assert.Equal(1, optimistic.Shares.Sum(), 1e-12);
    }

    [Fact]
    public void Arms_are_drawn_as_often_as_their_propensities_say()
    {
        var allocation = new Allocation([0.7, 0, 0.3]);
        var random = new Random(1);
        var choices = Enumerable.Range(0, 20_000).Select(_ => allocation.Choose(random)).ToArray();

        Assert.All(choices, choice => Assert.Equal(allocation.Shares[choice.Arm], choice.Propensity));
        Assert.Equal(0.7, choices.Count(choice => choice.Arm == 0) / 20_000.0, 0.015);
        Assert.DoesNotContain(choices, choice => choice.Arm == 1);
    }

    [Fact]
    public void Top_two_shares_sum_to_1_and_no_leader_gets_more_than_its_share_and_what_rivals_leave() =>
        Gen.Double[0.001, 1]
            .Array[2, 6]
            .Sample(raw =>
            {
                var shares = new Allocation(raw.Select(share => share / raw.Sum()));
                var topTwo = shares.TopTwo();
                var leader = shares.Shares.ToList().IndexOf(shares.Shares.Max());
                return Math.Abs(topTwo.Shares.Sum() - 1) < 1e-9
                    && topTwo.Shares[leader] <= 0.75
                    && topTwo.Shares.Max() - topTwo.Shares[leader] < 1e-9;
            });

    [Fact]
    public void A_certain_leader_is_played_half_of_the_time_all_the_same() =>
        Assert.Equal([0.25, 0.5, 0.25], new Allocation([0, 1, 0]).TopTwo().Shares);

    [Fact]
    public void Two_equal_arms_stay_equal() => Assert.Equal([0.5, 0.5], new Allocation([0.5, 0.5]).TopTwo(0.8).Shares);

    [Fact]
    public void Every_arm_gets_the_least_share() =>
        Assert.Equal([0.73, 0.1, 0.17], new Allocation([0.9, 0, 0.1]).WithMinimum(0.1).Shares, (a, b) => Math.Abs(a - b) < 1e-12);

    [Fact]
    public void Senseless_shares_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Allocation([]));
        Assert.Throws<ArgumentException>(() => new Allocation([0.5, 0.4]));
        Assert.Throws<ArgumentException>(() => new Allocation([1.5, -0.5]));
        Assert.Throws<ArgumentException>(() => Allocation.Thompson([], new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Allocation([0.5, 0.5]).WithMinimum(0.6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Allocation([0.5, 0.5]).TopTwo(1));
    }
}
