using MarketingPlatform.Cli.Demo.Shop;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo.Shop;

public sealed class AdMarketTests
{
    private static readonly DateOnly Last = new(2026, 11, 25);

    [Fact]
    public void The_same_seed_makes_the_same_adverts_and_another_seed_others()
    {
        Assert.Equal(AdMarket.Rows(1, Last), AdMarket.Rows(1, Last));
        Assert.NotEqual(AdMarket.Rows(1, Last), AdMarket.Rows(2, Last));
    }

    [Fact]
    public void Each_cell_has_a_row_for_each_day_up_to_the_last_with_fewer_conversions_than_clicks_than_impressions()
    {
        var rows = AdMarket.Rows(3, Last).ToArray();

        Assert.All(
            rows.GroupBy(row => (row.Channel, row.Segment)),
            cell => Assert.Equal(Enumerable.Range(0, 56).Select(day => Last.AddDays(day - 55)), cell.Select(row => row.Date))
        );
        Assert.All(
            rows,
            row => Assert.True(row.Spend > 0 && row.Conversions <= row.Clicks && row.Clicks <= row.Impressions, row.ToString())
        );
    }
}
