using System.Xml.Linq;
using MarketingPlatform.Cli.Evaluate;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate;

public sealed class LinePlotTests
{
    [Fact]
    public void A_plot_is_well_formed_and_draws_each_line_within_its_frame()
    {
        var plot = new LinePlot(
            "a < b & c",
            "round",
            "regret",
            [new("up", [(0, 0), (50, 3), (100, 7)]), new("down", [(0, 0), (100, -2)], Dashed: true)]
        );

        var svg = XDocument.Parse(plot.ToSvg()).Root!;

        var lines = svg.Elements().Where(element => element.Name.LocalName == "polyline").ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains(svg.Elements(), element => element.Value == "a < b & c");
        Assert.Contains(svg.Elements(), element => element.Value == "-2");
        var points = lines
            .SelectMany(line => ((string)line.Attribute("points")!).Split(' '))
            .Select(point => point.Split(',').Select(double.Parse).ToArray());
        Assert.All(points, point => Assert.True(point[0] is >= 70 and <= 530 && point[1] is >= 44 and <= 366));
    }

    [Fact]
    public void A_flat_line_has_an_axis_all_the_same() =>
        Assert.DoesNotContain("NaN", new LinePlot("flat", "x", "y", [new("zero", [(0, 0), (1, 0)])]).ToSvg(), StringComparison.Ordinal);
}
