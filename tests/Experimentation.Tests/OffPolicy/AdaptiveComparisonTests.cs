using MarketingPlatform.Experimentation.OffPolicy;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.OffPolicy;

public sealed class AdaptiveComparisonTests
{
    [Fact]
    public void With_one_batch_it_is_weighting_by_the_chance()
    {
        // Of 10 units six got a, with probability 0.6: two of them bought; of four with b one.
        var comparison = new AdaptiveComparison(
            [new(0, 0, 1, 0.6, 2), new(0, 0, 0, 0.6, 4), new(0, 1, 1, 0.4, 1), new(0, 1, 0, 0.4, 3)],
            2
        );

        Assert.Equal(2 / 0.6 / 10, comparison.Mean(0)!.Value.Value, 12);
        Assert.Equal(1 / 0.4 / 10, comparison.Mean(1)!.Value.Value, 12);
        var difference = comparison.Between(1, 0)!.Value;
        Assert.Equal(0.25 - 1 / 3.0, difference.Value, 12);
        // Rewards of a scatter by 2/9; those of b by 3/16, but not below 5/24, the mean of both. Nothing was expected of either.
        var variance = (2 / 9.0 + 1 / 9.0) / 0.6 + (5 / 24.0 + 1 / 16.0) / 0.4 - Math.Pow(1 / 3.0 - 1 / 4.0, 2);
        Assert.Equal(Math.Sqrt(variance / 10), difference.StandardError, 12);
    }

    [Fact]
    public void A_later_batch_is_measured_from_what_the_earlier_ones_showed()
    {
        var comparison = new AdaptiveComparison(
            [
                new(0, 0, 1, 0.5, 10),
                new(0, 0, 0, 0.5, 10),
                new(0, 1, 0, 0.5, 20),
                // Nine in ten get a, whose mean was 1/2; the one with b tells what b misses by its weight of ten.
                new(1, 0, 0.5, 0.9, 9),
                new(1, 1, 0, 0.1, 1),
            ],
            2
        );

        Assert.Equal((20 * 0.5 / 0.5 + 10 * 0.5) / 50, comparison.Mean(0)!.Value.Value, 12);
        Assert.Equal(0, (comparison.Mean(1) ?? default).Value, 12);
    }

    [Theory]
    [InlineData(0.1, 0.9)]
    [InlineData(0.03, 0.95)]
    public void Of_equal_actions_that_a_greedy_bandit_dealt_out_plain_means_lean_and_these_do_not(double rate, double share)
    {
        const int Logs = 400;
        var (plain, weighted, alarms) = (0.0, 0.0, 0);
        for (var seed = 0; seed < Logs; seed++)
        {
            var units = Greedy(new Random(seed), share, rate, rate);
            double PlainOf(int action)
            {
                var own = units.Where(unit => unit.Action == action).ToArray();
                return own.Sum(unit => unit.Reward * unit.Units) / own.Sum(unit => unit.Units);
            }
            plain += (PlainOf(0) + PlainOf(1)) / 2 / Logs;
            var comparison = new AdaptiveComparison(units, 2);
            weighted += (comparison.Mean(0)!.Value.Value + comparison.Mean(1)!.Value.Value) / 2 / Logs;
            // Somebody looks after each batch, and stops at the first winner.
            if (Enumerable.Range(1, 10).Any(seen => Wins(units.Where(unit => unit.Batch < seen))))
                alarms++;
        }

        // The mean of 400 such logs wanders by 0.0005 or so.
        Assert.True(plain < 0.985 * rate, $"plain means average {plain:F4}");
        Assert.Equal(rate, weighted, 0.002);
        Assert.InRange(alarms, 0, 0.05 * Logs);

        static bool Wins(IEnumerable<DealtUnits> seen) =>
            new AdaptiveComparison(seen, 2, 2_000).Test(1, 0) is { } test && (test.Lower > 0 || test.Upper < 0);
    }

    [Fact]
    public void A_better_action_is_found_and_its_advantage_told_without_bias()
    {
        const int Logs = 200;
        var (estimate, found) = (0.0, 0);
        for (var seed = 0; seed < Logs; seed++)
        {
            var test = new AdaptiveComparison(Greedy(new Random(seed), 0.9, 0.05, 0.15), 2, 2_000).Test(1, 0)!.Value;
            estimate += test.Value / Logs;
            found += test.Lower > 0 ? 1 : 0;
        }

        Assert.Equal(0.1, estimate, 0.005);
        Assert.True(found > 0.8 * Logs, $"found {found}");
    }

    [Fact]
    public void Without_propensities_nothing_is_said()
    {
        Assert.Throws<OffPolicyRefusalException>(() => new AdaptiveComparison([new(0, 0, 1, 0, 5)], 2));
        Assert.Throws<ArgumentException>(() => new AdaptiveComparison([new(0, 2, 1, 0.5, 5)], 2));
        Assert.Null(new AdaptiveComparison([], 2).Mean(0));
    }

    /// <summary>Ten batches of 200: each gives most the action that leads so far.</summary>
    private static List<DealtUnits> Greedy(Random random, double share, params double[] rates)
    {
        List<DealtUnits> units = [];
        var (bought, seen) = (new double[2], new double[2]);
        for (var batch = 0; batch < 10; batch++)
        {
            var first =
                batch == 0 ? 0.5
                : bought[0] / Math.Max(1, seen[0]) >= bought[1] / Math.Max(1, seen[1]) ? share
                : 1 - share;
            var counts = new long[2, 2];
            for (var unit = 0; unit < 200; unit++)
            {
                var action = random.NextDouble() < first ? 0 : 1;
                var reward = random.NextDouble() < rates[action] ? 1 : 0;
                counts[action, reward]++;
                (bought[action], seen[action]) = (bought[action] + reward, seen[action] + 1);
            }
            for (var action = 0; action < 2; action++)
            for (var reward = 0; reward < 2; reward++)
                units.Add(new(batch, action, reward, action == 0 ? first : 1 - first, counts[action, reward]));
        }
        return units;
    }
}
