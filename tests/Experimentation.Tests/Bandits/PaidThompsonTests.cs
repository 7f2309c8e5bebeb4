using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class PaidThompsonTests
{
    private static readonly BetaArm[] Arms = [new(30, 470), new(45, 455), new(5, 95)];

    [Fact]
    public void With_equal_worths_wins_come_as_often_as_the_propensities_say()
    {
        const int Rounds = 100_000;
        var wins = PaidThompson.CountWins(Arms, [2, 2, 2], Rounds, new Random(1));

        Assert.Equal(Rounds, wins.Sum());
        var sampler = new ThompsonSampling(Arms);
        for (var arm = 0; arm < Arms.Length; arm++)
            Assert.InRange(wins[arm] / (double)Rounds - sampler.Propensity(arm), -0.01, 0.01);
    }

    [Fact]
    public void A_worse_rate_wins_where_its_success_is_worth_enough_more()
    {
        var wins = PaidThompson.CountWins(Arms, [100, 1, 1], 1_000, new Random(1));

        Assert.Equal(1_000, wins[0]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_wins() =>
        Assert.Equal(
            PaidThompson.CountWins(Arms, [1, 2, 3], 500, new Random(7)),
            PaidThompson.CountWins(Arms, [1, 2, 3], 500, new Random(7))
        );

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_worth_that_is_not_positive_and_finite_is_refused(double worth) =>
        Assert.Throws<ArgumentException>(() => PaidThompson.CountWins(Arms, [1, worth, 1], 10, new Random(1)));

    [Fact]
    public void Each_arm_needs_a_worth_and_there_must_be_one()
    {
        Assert.Throws<ArgumentException>(() => PaidThompson.CountWins(Arms, [1, 1], 10, new Random(1)));
        Assert.Throws<ArgumentException>(() => PaidThompson.CountWins([], [], 10, new Random(1)));
    }
}
