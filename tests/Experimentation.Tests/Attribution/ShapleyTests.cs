using System.Numerics;
using CsCheck;
using MarketingPlatform.Experimentation.Attribution;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Attribution;

public sealed class ShapleyTests
{
    /// <summary>Shapley's (1953) glove market: one left glove, two right ones, a pair is worth 1: ⅔, ⅙, ⅙.</summary>
    [Fact]
    public void The_owner_of_the_only_left_glove_gets_two_thirds()
    {
        double[] worth = [0, 0, 0, 1, 0, 1, 0, 1];

        Assert.Equal([2.0 / 3, 1.0 / 6, 1.0 / 6], Shapley.Values(worth), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Values_are_the_mean_marginal_worth_over_all_orders() =>
        Gen.Double[-5, 5]
            .Array[16]
            .Sample(
                worth =>
                {
                    worth[0] = 0;
                    var expected = new double[4];
                    foreach (var order in Orders([0, 1, 2, 3]))
                    {
                        var joined = 0;
                        foreach (var player in order)
                        {
                            expected[player] += (worth[joined | (1 << player)] - worth[joined]) / 24;
                            joined |= 1 << player;
                        }
                    }
                    var values = Shapley.Values(worth);
                    return values.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12)
                        && Math.Abs(values.Sum() - worth[15]) < 1e-12;
                },
                iter: 100
            );

    [Fact]
    public void Twelve_channels_share_all_conversions_and_each_path_equally()
    {
        var data = PathData.Read();
        Assert.Equal(12, data.Channels.Count);

        var credits = data.Credit(new ShapleyAttribution());

        var expected = new double[12];
        foreach (var row in data.Rows)
        foreach (var channel in row.Path.Distinct())
            expected[channel] += row.Conversions / row.Path.Distinct().Count();
        Assert.Equal(data.Rows.Sum(row => row.Conversions), credits.Sum(credit => credit.Conversions), 1e-9);
        Assert.Equal(data.Rows.Sum(row => row.Value), credits.Sum(credit => credit.Value), 1e-8);
        Assert.Equal(expected, credits.Select(credit => credit.Conversions), (a, b) => Math.Abs(a - b) < 1e-8);
    }

    [Fact]
    public void What_is_no_game_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Shapley.Values([0, 1, 2]));
        Assert.Throws<ArgumentException>(() => Shapley.Values([1, 1]));
        Assert.Throws<ArgumentException>(() => new ShapleyAttribution().Add([ShapleyAttribution.MostChannels], 1, 0, 0));
    }

    private static IEnumerable<int[]> Orders(int[] players) =>
        players.Length == 0
            ?
            [
                [],
            ]
            : players.SelectMany(first => Orders([.. players.Where(p => p != first)]).Select(rest => (int[])[first, .. rest]));
}
