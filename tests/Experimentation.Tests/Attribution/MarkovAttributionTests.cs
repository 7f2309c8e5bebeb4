using CsCheck;
using MarketingPlatform.Experimentation.Attribution;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Attribution;

public sealed class MarkovAttributionTests
{
    /// <summary>The example with which Anderl et al. (2016) and ChannelAttribution's manual explain the method: C1 → C2 → C3 → buys,
    /// C1 → nothing, C2 → C3 → nothing: 33.3 % buy; removal effects ½, 1, 1.</summary>
    [Fact]
    public void The_textbook_example_has_its_removal_effects()
    {
        PathRow[] rows = [new([0, 1, 2], 1, 10), new([0], 0, 0, 1), new([1, 2], 0, 0, 1)];

        var credits = rows.Credit(new MarkovAttribution(), 3);

        Assert.Equal([0.5, 1, 1], credits.Select(credit => credit.RemovalEffect!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.2, 0.4, 0.4], credits.Select(credit => credit.Conversions), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(10, credits.Sum(credit => credit.Value), 1e-12);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    public void All_conversions_and_all_value_are_shared_out(int order, bool withNulls)
    {
        var data = PathData.Read();

        var credits = data.Credit(new MarkovAttribution(order, withNulls));

        Assert.Equal(data.Rows.Sum(row => row.Conversions), credits.Sum(credit => credit.Conversions), 1e-9);
        Assert.Equal(data.Rows.Sum(row => row.Value), credits.Sum(credit => credit.Value), 1e-9);
        Assert.All(credits, credit => Assert.InRange(credit.RemovalEffect!.Value, 0, 1));
    }

    /// <summary>Flow in equals flow out of every state, so the chain converts exactly as often as people did.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_chain_converts_as_often_as_people_did(int order)
    {
        var data = PathData.Read();
        var model = new MarkovAttribution(order);
        data.Credit(model);

        var (conversions, value) = model.Chain().Absorbed(_ => false);

        var people = data.Rows.Sum(row => row.Conversions + row.Nulls);
        Assert.Equal(data.Rows.Sum(row => row.Conversions) / people, conversions, 1e-13);
        Assert.Equal(data.Rows.Sum(row => row.Value) / people, value, 1e-12);
    }

    /// <summary>Walks the counted transitions at random, ending walks that meet the removed channel.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Removal_effects_are_those_of_a_simulation(int order, bool withNulls)
    {
        var data = PathData.Read();
        var credits = data.Credit(new MarkovAttribution(order, withNulls));
        var walks = new RandomWalks(data.Rows, order, withNulls);
        const int Count = 100_000;

        var whole = data.Rows.Sum(row => row.Conversions) / data.Rows.Sum(row => row.Conversions + (withNulls ? row.Nulls : 0));
        foreach (var channel in new[] { "alpha", "eta", "iota", "theta" }.Select(name => data.Channels.ToList().IndexOf(name)))
        {
            var rate = walks.ConversionRate(channel, Count, new Random(channel));
            var expected = whole * (1 - credits[channel].RemovalEffect!.Value);
            Assert.Equal(expected, rate, 4.5 * Math.Sqrt(expected * (1 - expected) / Count) + 1e-9);
        }
    }

    /// <summary>p = (I − Q)⁻¹ r by elimination with pivots, on small random chains.</summary>
    [Fact]
    public void Absorption_is_the_solution_of_the_linear_system() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 8], Gen.Int[0, 5], Gen.Int[0, 5])
            .Array[1, 40]
            .Sample(
                paths =>
                {
                    var model = new MarkovAttribution();
                    foreach (var (path, conversions, nulls) in paths)
                        model.Add(path, conversions, 0, nulls + 1);
                    var chain = model.Chain();
                    for (var channel = -1; channel < 5; channel++)
                    {
                        var solved = chain.Absorbed(state => model.Remembers(state, channel)).Conversions;
                        var eliminated = Eliminated(paths.Select(p => new PathRow(p.Item1, p.Item2, 0, p.Item3 + 1)), channel);
                        if (Math.Abs(solved - eliminated) > 1e-13)
                            return false;
                    }
                    return true;
                },
                iter: 200
            );

    [Fact]
    public void Without_nulls_a_channel_that_every_path_holds_has_effect_1()
    {
        PathRow[] rows = [new([0, 1], 3, 0, 100), new([0], 5), new([2, 0], 2)];

        var credits = rows.Credit(new MarkovAttribution(1, withNulls: false), 3);

        Assert.Equal([1, 0.3, 0.2], credits.Select(credit => credit.RemovalEffect!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_longer_memory_tells_apart_what_a_shorter_one_mixes_up()
    {
        // Only who came by 0 buys after 1; without memory of it, 2 → 1 seems to sell as well.
        PathRow[] rows = [new([0, 1], 10), new([2, 1], 0, 0, 10)];

        Assert.Equal(0.5, rows.Credit(new MarkovAttribution(1), 3)[2].RemovalEffect!.Value, 1e-12);
        Assert.Equal(0, rows.Credit(new MarkovAttribution(2), 3)[2].RemovalEffect!.Value, 1e-12);
    }

    [Fact]
    public void What_is_no_path_or_no_order_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarkovAttribution(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarkovAttribution(5));
        Assert.Throws<ArgumentException>(() => new MarkovAttribution().Add([], 1, 0, 0));
        Assert.Throws<ArgumentException>(() => new MarkovAttribution().Add([MarkovAttribution.MostChannels], 1, 0, 0));
    }

    private static double Eliminated(IEnumerable<PathRow> rows, int removed)
    {
        const int States = 6; // the beginning, then five channels
        var (moves, wins, all) = (new double[States, States], new double[States], new double[States]);
        foreach (var row in rows)
        {
            var people = row.Conversions + row.Nulls;
            var state = 0;
            foreach (var channel in row.Path)
            {
                moves[state, channel + 1] += people;
                all[state] += people;
                state = channel + 1;
            }
            wins[state] += row.Conversions;
            all[state] += people;
        }
        var system = new double[States, States + 1];
        for (var i = 0; i < States; i++)
        {
            system[i, i] = 1;
            if (i == removed + 1 && removed >= 0 || all[i] == 0)
                continue;
            system[i, States] = wins[i] / all[i];
            for (var j = 0; j < States; j++)
                system[i, j] -= moves[i, j] / all[i];
        }
        for (var k = 0; k < States; k++)
        {
            var pivot = Enumerable.Range(k, States - k).MaxBy(i => Math.Abs(system[i, k]));
            for (var j = 0; j <= States; j++)
                (system[k, j], system[pivot, j]) = (system[pivot, j], system[k, j]);
            for (var i = 0; i < States; i++)
            {
                if (i == k)
                    continue;
                var factor = system[i, k] / system[k, k];
                for (var j = k; j <= States; j++)
                    system[i, j] -= factor * system[k, j];
            }
        }
        return system[0, States] / system[0, 0];
    }
}
