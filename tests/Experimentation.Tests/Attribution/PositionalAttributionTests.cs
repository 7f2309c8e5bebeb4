using System.Globalization;
using MarketingPlatform.Experimentation.Attribution;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Attribution;

public sealed class PositionalAttributionTests
{
    /// <summary>expected_heuristics.csv, six decimals.</summary>
    [Fact]
    public void First_last_and_linear_are_those_published_with_the_data()
    {
        var data = PathData.Read();
        var first = data.Credit(PositionalAttribution.First());
        var last = data.Credit(PositionalAttribution.Last());
        var linear = data.Credit(PositionalAttribution.Linear());

        var lines = PathData.Lines("expected_heuristics.csv").ToArray();
        Assert.Equal(data.Channels.Count, lines.Length);
        foreach (var line in lines)
        {
            var cells = line.Split(',');
            var channel = data.Channels.ToList().IndexOf(cells[0]);
            var expected = cells[1..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(expected[0], first[channel].Conversions);
            Assert.Equal(expected[1], last[channel].Conversions);
            Assert.Equal(expected[2], linear[channel].Conversions, 5.1e-7);
        }
    }

    [Fact]
    public void A_touch_weighs_half_of_one_a_half_life_later()
    {
        var credits = Credit(PositionalAttribution.TimeDecay(halfLife: 2), [0, 1, 2]);

        var sum = 0.5 + Math.Sqrt(0.5) + 1;
        Assert.Equal([0.5 / sum, Math.Sqrt(0.5) / sum, 1 / sum], credits, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Position_gives_two_fifths_to_each_end_and_the_rest_to_the_middle()
    {
        var model = PositionalAttribution.Position;

        Assert.Equal([0.4, 0.1, 0.1, 0.4], Credit(model(), [0, 1, 2, 3]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.5, 0.5], Credit(model(), [0, 1]));
        Assert.Equal([1], Credit(model(), [0]));
        Assert.Equal([0.25, 0.75], Credit(model(0.2, 0.6), [0, 1]), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Value_is_shared_as_conversions_are_and_all_of_it()
    {
        var data = PathData.Read();
        foreach (
            var model in new[] { PositionalAttribution.TimeDecay(1), PositionalAttribution.Position(), PositionalAttribution.Linear() }
        )
        {
            var credits = data.Credit(model);
            Assert.Equal(data.Rows.Sum(row => row.Conversions), credits.Sum(credit => credit.Conversions), 1e-7);
            Assert.Equal(data.Rows.Sum(row => row.Value), credits.Sum(credit => credit.Value), 1e-7);
        }
    }

    [Fact]
    public void Senseless_settings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PositionalAttribution.TimeDecay(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PositionalAttribution.Position(0.7, 0.7));
        Assert.Throws<ArgumentException>(() => PositionalAttribution.First().Add([], 1, 0, 0));
    }

    private static double[] Credit(PositionalAttribution model, int[] path) =>
        [.. new[] { new PathRow(path, 1) }.Credit(model, path.Distinct().Count()).Select(credit => credit.Conversions)];
}
