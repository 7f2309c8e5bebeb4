using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class TestAndRollTests
{
    /// <summary>The website example of Feit and Berman (2019), section 4.1.</summary>
    private static readonly TestAndRoll Website = new(100_000, Variance: 0.2176, Spread: 0.03, Mean: 0.68);

    [Fact]
    public void The_test_of_the_papers_website_takes_2284_visitors_an_arm() => Assert.Equal(2_284, Website.BestSize, 0.5);

    [Fact]
    public void No_other_size_earns_more()
    {
        var best = Website.ExpectedReward(Website.BestSize);
        foreach (var factor in new[] { 0.1, 0.5, 0.9, 0.99, 1.01, 1.1, 2, 10 })
            Assert.True(Website.ExpectedReward(factor * Website.BestSize) < best);
        Assert.InRange(best, 100_000 * 0.68, Website.PerfectReward);
    }

    [Fact]
    public void Expected_reward_is_what_a_simulation_of_it_earns()
    {
        var plan = new TestAndRoll(400, Variance: 4, Spread: 1, Mean: 2);
        const int Size = 10;
        var random = new Random(3);
        var rewards = Enumerable.Range(0, 40_000).Select(_ => Simulate()).ToArray();

        var error = Math.Sqrt(rewards.Sum(r => Math.Pow(r - rewards.Average(), 2))) / rewards.Length;
        Assert.Equal(plan.ExpectedReward(Size), rewards.Average(), 4 * error);

        double Simulate()
        {
            var means = new[] { 2 + Normal(), 2 + Normal() };
            var seen = means.Select(mean => mean + 2 * Normal() / Math.Sqrt(Size)).ToArray();
            return Size * means.Sum() + (plan.List - 2 * Size) * (seen[0] > seen[1] ? means[0] : means[1]);
        }
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    [Fact]
    public void A_tiny_list_is_tested_on_at_most_half_an_arm()
    {
        Assert.InRange(new TestAndRoll(2, Variance: 1_000, Spread: 0.01).BestSize, 0, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestAndRoll(10, 1, 1).ExpectedReward(6));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(10, 0, 1)]
    [InlineData(10, 1, 0)]
    [InlineData(10, double.NaN, 1)]
    public void Senseless_parameters_are_refused(long list, double variance, double spread) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestAndRoll(list, variance, spread).BestSize);
}
