using MarketingPlatform.Segmentation.Rfm;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rfm;

public sealed class RfmSegmentTests
{
    [Fact]
    public void Every_cell_has_one_name_and_every_name_a_cell()
    {
        var scores = Enumerable.Range(1, 5).ToList();
        var named = (from r in scores from f in scores from m in scores select RfmSegment.Of(r, f, m)).ToList();

        Assert.Equal(125, named.Count);
        Assert.DoesNotContain(null, named);
        Assert.Equal(RfmSegment.All.OrderBy(s => s.Key), named.Distinct().OrderBy(s => s.Key));
    }

    [Fact]
    public void The_grid_of_recency_by_value_reads_as_documented()
    {
        string[] expected =
        [
            "New Customers|Potential Loyalist|Potential Loyalist|Champions|Champions",
            "Promising|Potential Loyalist|Potential Loyalist|Loyal|Loyal",
            "About To Sleep|About To Sleep|Need Attention|Loyal|Loyal",
            "Hibernating|Hibernating|At Risk|At Risk|Cannot Lose Them",
            "Lost|Lost|At Risk|At Risk|Cannot Lose Them",
        ];

        var rows = new[] { 5, 4, 3, 2, 1 }.Select(r => string.Join('|', Enumerable.Range(1, 5).Select(v => RfmSegment.Of(r, v, v).Name)));

        Assert.Equal(expected, rows);
    }

    [Theory]
    [InlineData(1, 5, "Potential Loyalist")]
    [InlineData(5, 1, "Potential Loyalist")]
    [InlineData(3, 4, "Champions")]
    [InlineData(2, 3, "Potential Loyalist")]
    public void Value_is_the_mean_of_frequency_and_money_with_halves_rounded_up(int f, int m, string name) =>
        Assert.Equal(name, RfmSegment.Of(5, f, m).Name);

    [Fact]
    public void Keys_are_the_names_in_kebab_case() =>
        Assert.All(RfmSegment.All, s => Assert.Equal("rfm-" + s.Name.ToLowerInvariant().Replace(' ', '-'), s.Key));
}
