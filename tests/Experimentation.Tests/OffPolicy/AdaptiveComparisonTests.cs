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

    /// <summary>
    /// Rewards are twice what a unit brought before, and 10 more for action 1. The first batch, balanced, shows that; in the second chance gave
    /// the richer units to action 1, which the covariate takes out to the last digit.
    /// </summary>
    [Fact]
    public void What_units_brought_before_is_taken_out_of_later_batches()
    {
        DealtUnits Unit(int batch, int action, double before, double propensity) =>
            new(batch, action, 2 * before + 10 * action, propensity, 1, before);
        DealtUnits[] units =
        [
            .. new[] { 1.0, 2, 3, 4 }.SelectMany(before => new[] { Unit(0, 0, before, 0.5), Unit(0, 1, before, 0.5) }),
            Unit(1, 0, 1, 0.25),
            Unit(1, 1, 5, 0.75),
            Unit(1, 1, 6, 0.75),
            Unit(1, 1, 9, 0.75),
        ];

        var with = new AdaptiveComparison(units, 2);
        var without = new AdaptiveComparison(units.Select(unit => unit with { Covariate = 0 }), 2);

        Assert.Equal(10, with.Between(1, 0)!.Value.Value, 12);
        // Had everybody got action 0: twice what they brought before, the first batch by its own rewards, the second to the digit.
        Assert.Equal((8 * 5 + 2 * (1 + 5 + 6 + 9)) / 12.0, with.Mean(0)!.Value.Value, 12);
        Assert.True(without.Between(1, 0)!.Value.Value > 12);
        // Only the first batch, of which nothing was expected, scatters.
        var (m0, m1) = (MeanOf(0), MeanOf(1));
        var pooled = (Moment(0, m0) * 5 + Moment(1, m1) * 7) / 12;
        var first =
            (Math.Max(pooled, Moment(0, m0)) + m0 * m0) / 0.5 + (Math.Max(pooled, Moment(1, m1)) + m1 * m1) / 0.5 - Math.Pow(m1 - m0, 2);
        Assert.Equal(Math.Sqrt(8 * first) / 12, with.Between(1, 0)!.Value.StandardError, 9);

        double Weighted(int action, Func<DealtUnits, double> value) =>
            units.Where(unit => unit.Action == action).Sum(unit => value(unit) / unit.Propensity)
            / units.Where(unit => unit.Action == action).Sum(unit => 1 / unit.Propensity);
        double MeanOf(int action) => Weighted(action, unit => unit.Reward);
        double Moment(int action, double mean) => Weighted(action, unit => Math.Pow(unit.Reward - mean, 2));
    }

    /// <summary>
    /// Half buy nothing; what others spend follows what they spent before. Somebody looks after each of ten batches that a greedy bandit deals
    /// out, each with a least share of a tenth.
    /// </summary>
    [Fact]
    public void With_a_covariate_equal_actions_are_told_apart_no_more_often_than_allowed_and_unequal_ones_sooner()
    {
        const int Logs = 400;
        var (alarms, mean, wide, narrow, found, foundWithout) = (0, 0.0, 0.0, 0.0, 0, 0);
        for (var seed = 0; seed < Logs; seed++)
        {
            var equal = Spending(new Random(seed), 0);
            mean += new AdaptiveComparison(equal, 2).Between(1, 0)!.Value.Value / Logs;
            if (Enumerable.Range(1, 10).Any(seen => Wins(equal.Where(unit => unit.Batch < seen))))
                alarms++;
            var better = Spending(new Random(seed), 3);
            var plain = better.Select(unit => unit with { Covariate = 0 }).ToArray();
            narrow += new AdaptiveComparison(better, 2).Between(1, 0)!.Value.StandardError / Logs;
            wide += new AdaptiveComparison(plain, 2).Between(1, 0)!.Value.StandardError / Logs;
            found += Wins(better) ? 1 : 0;
            foundWithout += Wins(plain) ? 1 : 0;
        }

        Assert.InRange(alarms, 0, 0.05 * Logs);
        Assert.Equal(0, mean, 0.15);
        Assert.True(narrow < 0.75 * wide, $"{narrow:F3} beside {wide:F3}");
        Assert.True(found > foundWithout + 0.1 * Logs, $"{found} beside {foundWithout}");

        static bool Wins(IEnumerable<DealtUnits> seen) =>
            new AdaptiveComparison(seen, 2, 2_000).Test(1, 0) is { } test && (test.Lower > 0 || test.Upper < 0);
    }

    [Fact]
    public void A_covariate_that_is_the_same_for_all_changes_nothing()
    {
        var units = Greedy(new Random(1), 0.9, 0.05, 0.15);
        var with = new AdaptiveComparison(units.Select(unit => unit with { Covariate = 0.1 }), 2).Between(1, 0)!.Value;
        var without = new AdaptiveComparison(units, 2).Between(1, 0)!.Value;

        Assert.Equal(without.Value, with.Value, 12);
        Assert.Equal(without.StandardError, with.StandardError, 12);
        Assert.Throws<OffPolicyRefusalException>(() => new AdaptiveComparison([new(0, 0, 1, 0.5, 5, double.NaN)], 2));
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

    /// <summary>Ten batches of 200 with amounts; action 1 adds to what everybody spends who spends at all.</summary>
    private static List<DealtUnits> Spending(Random random, double effect)
    {
        List<DealtUnits> units = [];
        var (earned, seen) = (new double[2], new double[2]);
        for (var batch = 0; batch < 10; batch++)
        {
            var first =
                batch == 0 ? 0.5
                : earned[0] / Math.Max(1, seen[0]) >= earned[1] / Math.Max(1, seen[1]) ? 0.9
                : 0.1;
            for (var unit = 0; unit < 200; unit++)
            {
                var action = random.NextDouble() < first ? 0 : 1;
                var before = random.NextDouble() < 0.5 ? 0 : -20 * Math.Log(1 - random.NextDouble());
                var reward = before == 0 ? 0 : 0.8 * before + 10 * random.NextDouble() + 2 * effect * action;
                units.Add(new(batch, action, reward, action == 0 ? first : 1 - first, 1, before));
                (earned[action], seen[action]) = (earned[action] + reward, seen[action] + 1);
            }
        }
        return units;
    }
}
