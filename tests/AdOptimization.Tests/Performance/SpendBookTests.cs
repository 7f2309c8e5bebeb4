using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class SpendBookTests
{
    private static readonly DateOnly Day = new(2026, 3, 1);

    [Fact]
    public void A_sum_is_over_the_segments_of_a_campaign_known_and_new()
    {
        var change = SpendBook.Apply([Known("new", 10)], [Row(0, "lapsed", 5), Row(1, "vip", 2.5m)]);

        Assert.Equal([new SpendSum(Day, "social", "spring", 17.5m, "EUR")], change.Sums);
        Assert.Equal(2, change.Rows.Count);
    }

    [Fact]
    public void Rows_that_leave_the_sum_as_it_is_are_stored_and_change_no_sum()
    {
        var change = SpendBook.Apply([Known("new", 10)], [Row(0, "new", 10), Row(1, "free", 0)]);

        Assert.Empty(change.Sums);
        Assert.Equal(2, change.Rows.Count);
    }

    [Fact]
    public void A_first_day_without_cost_is_a_sum_too() =>
        Assert.Equal(0, Assert.Single(SpendBook.Apply([], [Row(0, "new", 0)]).Sums).Spend);

    [Fact]
    public void A_second_currency_in_one_campaigns_day_is_refused_and_its_neighbours_are_not()
    {
        var change = SpendBook.Apply([Known("new", 10), Known("vip", 1)], [Row(3, "new", 12, "USD"), Row(4, "lapsed", 5)]);

        Assert.Equal(3, Assert.Single(change.Rejected).Index);
        Assert.Equal("lapsed", Assert.Single(change.Rows).Segment);
        Assert.Equal(16, Assert.Single(change.Sums).Spend);
    }

    [Fact]
    public void A_currency_is_corrected_when_every_segment_comes_again()
    {
        var all = SpendBook.Apply([Known("new", 10), Known("vip", 1)], [Row(0, "new", 10, "USD"), Row(1, "vip", 1, "USD")]);
        Assert.Empty(all.Rejected);
        Assert.Equal([new SpendSum(Day, "social", "spring", 11, "USD")], all.Sums);

        var mixed = SpendBook.Apply([Known("new", 10), Known("vip", 1)], [Row(0, "new", 10, "USD"), Row(1, "vip", 1)]);
        Assert.Equal(0, Assert.Single(mixed.Rejected).Index);
    }

    private static StoredSpend Known(string segment, decimal spend) => new(Day, "social", "spring", segment, spend, "EUR", default);

    private static PlacedRow Row(int index, string segment, decimal spend, string currency = "EUR") =>
        new(index, new DayRow(Day, "social", "spring", segment, spend, currency, 100, 10, 1, null));
}
