using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class ShortListTests
{
    private static readonly BetaArm Unknown = new();

    /// <summary>Figures of issue D: the programme earns 64.918 of 100 sends, Thompson sampling with uniform priors 63.880.</summary>
    [Fact]
    public void The_plan_earns_what_the_exact_programme_earns_and_more_than_Thompson_sampling()
    {
        Assert.Equal(64.918, ShortList.Plan(Unknown, Unknown, 100).ExpectedSuccesses, 0.0005);

        var better = ChancesThatFirstIsBetter(100);
        var thompson = ShortList.Expect(
            Unknown,
            Unknown,
            100,
            seen => better[seen.FirstFailures][seen.SecondSuccesses][seen.SecondFailures][seen.FirstSuccesses]
        );

        Assert.Equal(63.880, thompson, 0.0005);
    }

    [Theory]
    [InlineData(1, 0.5)] // either arm
    [InlineData(2, 1 + 1.0 / 12)] // first send: ½; second: stay after a success (⅔), change after a failure (½)
    public void Lists_that_can_be_worked_out_by_hand_are_right(int sends, double expected) =>
        Assert.Equal(expected, ShortList.Plan(Unknown, Unknown, sends).ExpectedSuccesses, 1e-12);

    [Fact]
    public void Following_the_plan_earns_what_the_plan_promises()
    {
        var (first, second) = (new BetaArm(2, 5), new BetaArm(1, 3));
        var plan = ShortList.Plan(first, second, 40);

        var followed = ShortList.Expect(first, second, 40, seen => plan.Choose(seen) == 0 ? 1 : 0);

        Assert.Equal(plan.ExpectedSuccesses, followed, 1e-10);
    }

    [Fact]
    public void No_other_policy_earns_more()
    {
        var best = ShortList.Plan(Unknown, Unknown, 30).ExpectedSuccesses;
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
            Assert.InRange(ShortList.Expect(Unknown, Unknown, 30, _ => random.NextDouble()), 0, best);
    }

    [Fact]
    public void The_longest_list_is_planned()
    {
        var plan = ShortList.Plan(Unknown, Unknown, ShortList.Longest);

        Assert.InRange(plan.ExpectedSuccesses / ShortList.Longest, 0.649, 2.0 / 3);
        Assert.Equal(1, plan.Choose(new ShortListState(0, 20, 150, 10)));
        Assert.Equal(0, plan.Choose(new ShortListState(150, 10, 0, 20)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void Another_length_is_refused(int sends) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ShortList.Plan(Unknown, Unknown, sends));

    [Fact]
    public void A_list_that_is_used_up_has_no_next_send() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ShortList.Plan(Unknown, Unknown, 3).Choose(new ShortListState(1, 1, 1, 0)));

    /// <summary>P(Beta(s + 1, f + 1) above the other) for all counts [f][s′][f′][s], each from one success less by the recursion of
    /// J. D. Cook, "Exact calculation of beta inequalities" (2005).</summary>
    private static double[][][][] ChancesThatFirstIsBetter(int sends)
    {
        var logGamma = Enumerable.Range(0, 2 * sends + 8).Select(i => i == 0 ? 0 : GammaDistribution.LogGamma(i)).ToArray();
        return Each(sends, f => Each(sends - f, s2 => Each(sends - f - s2, f2 => Row(sends - f - s2 - f2, f + 1, s2 + 1, f2 + 1))));

        double LogBeta(int a, int b) => logGamma[a] + logGamma[b] - logGamma[a + b];

        double[] Row(int count, int b, int c, int d)
        {
            // Beta(1, b) exceeds Beta(c, d) with probability B(c, d + b) / B(c, d).
            var better = Math.Exp(LogBeta(c, d + b) - LogBeta(c, d));
            return Each(
                count,
                s =>
                {
                    var now = better;
                    better += Math.Exp(LogBeta(s + 1 + c, b + d) - LogBeta(s + 1, b) - LogBeta(c, d)) / (s + 1);
                    return now;
                }
            );
        }

        static T[] Each<T>(int count, Func<int, T> of)
        {
            var all = new T[count];
            for (var i = 0; i < count; i++)
                all[i] = of(i);
            return all;
        }
    }
}
