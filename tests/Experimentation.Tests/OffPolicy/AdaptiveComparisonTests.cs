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
        // Terms: +2.5 once, −1/0.6 twice, 0 seven times.
        var squares = 6.25 + 2 / 0.36 - 10 * difference.Value * difference.Value;
        Assert.Equal(Math.Sqrt(squares / 9 / 10), difference.StandardError, 12);
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

    [Fact]
    public void Of_equal_actions_that_a_greedy_bandit_dealt_out_plain_means_lean_and_these_do_not()
    {
        const int Logs = 400;
        var (plain, weighted, alarms) = (0.0, 0.0, 0);
        for (var seed = 0; seed < Logs; seed++)
        {
            var units = Greedy(new Random(seed), 0.1, 0.1);
            double PlainOf(int action) =>
                units.Where(u => u.Action == action).Sum(u => u.Reward * u.Units) / units.Where(u => u.Action == action).Sum(u => u.Units);
            plain += (PlainOf(0) + PlainOf(1)) / 2 / Logs;
            var comparison = new AdaptiveComparison(units, 2);
            weighted += (comparison.Mean(0)!.Value.Value + comparison.Mean(1)!.Value.Value) / 2 / Logs;
            // Somebody looks after each batch, and stops at the first winner.
            alarms += Enumerable
                .Range(1, 10)
                .Any(seen =>
                    new AdaptiveComparison(units.Where(u => u.Batch < seen), 2, 2_000).Test(1, 0) is { } test
                    && (test.Lower > 0 || test.Upper < 0)
                )
                ? 1
                : 0;
        }

        // The mean of 400 such logs wanders by 0.0005 or so.
        Assert.True(plain < 0.098, $"plain means average {plain:F4}");
        Assert.Equal(0.1, weighted, 0.002);
        Assert.InRange(alarms, 0, 0.05 * Logs);
    }

    [Fact]
    public void A_better_action_is_found_and_its_advantage_told_without_bias()
    {
        const int Logs = 200;
        var (estimate, found) = (0.0, 0);
        for (var seed = 0; seed < Logs; seed++)
        {
            var test = new AdaptiveComparison(Greedy(new Random(seed), 0.05, 0.15), 2, 2_000).Test(1, 0)!.Value;
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

    /// <summary>Ten batches of 200: each gives nine in ten the action that leads so far.</summary>
    private static List<DealtUnits> Greedy(Random random, params double[] rates)
    {
        List<DealtUnits> units = [];
        var (bought, seen) = (new double[2], new double[2]);
        for (var batch = 0; batch < 10; batch++)
        {
            var first =
                batch == 0 ? 0.5
                : bought[0] / Math.Max(1, seen[0]) >= bought[1] / Math.Max(1, seen[1]) ? 0.9
                : 0.1;
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
