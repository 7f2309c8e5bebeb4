using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class PartBookTests
{
    private static readonly DateOnly Day = new(2026, 3, 1);
    private static readonly HashSet<CellDayKey> None = [];
    private static readonly HashSet<CellDayKey> Whole = [new(Day, "social", "spring", "new")];

    [Fact]
    public void The_day_of_a_cell_is_the_sum_of_its_creatives_and_what_was_known_of_the_others_stays()
    {
        var change = PartBook.Apply([Known(5, "b")], None, [Sent(0, 10, "a"), Sent(3, 7, "c")]);

        var day = Assert.Single(change.Days);
        Assert.Equal((0, 22m, 300L, 3L), (day.Index, day.Row.Spend, day.Row.Impressions, day.Row.Conversions));
        Assert.Equal([0, 3], change.IndicesOf(0));
        Assert.Equal(["a", "c"], change.Stored.Select(s => s.Part.Creative));
        Assert.Empty(change.Gone);
    }

    [Fact]
    public void The_row_of_a_day_sums_up_its_hours_and_closes_it()
    {
        var change = PartBook.Apply([Known(1, "a", 8), Known(2, "a", 9), Known(3, "b", 9)], None, [Sent(0, 4, "a")]);
        Assert.Equal(7, Assert.Single(change.Days).Row.Spend);
        Assert.Equal([8, 9], change.Gone.Select(g => g.Part.Hour));

        var late = PartBook.Apply([Known(4, "a")], None, [Sent(0, 1, "a", 10)]);
        Assert.Contains("row of the whole day is known", Assert.Single(late.Refused).Reason, StringComparison.Ordinal);
        Assert.Empty(late.Days);
        Assert.Single(PartBook.Apply([], Whole, [Sent(0, 1, "", 10)]).Refused);
    }

    [Fact]
    public void Hours_grow_the_day_and_a_later_word_on_an_hour_replaces_the_earlier()
    {
        var change = PartBook.Apply([Known(1, "", 8), Known(2, "", 9)], None, [Sent(0, 2.5m, "", 9), Sent(1, 3, "", 10)]);
        Assert.Equal(6.5m, Assert.Single(change.Days).Row.Spend);
    }

    [Fact]
    public void Rows_that_name_creatives_replace_the_day_as_a_whole_and_rows_that_do_not_are_refused_afterwards()
    {
        var detailed = PartBook.Apply([Known(9, "", 8)], None, [Sent(0, 4, "a")]);
        Assert.Equal(4, Assert.Single(detailed.Days).Row.Spend);
        Assert.Equal(8, Assert.Single(detailed.Gone).Part.Hour);

        var coarse = PartBook.Apply([Known(4, "a")], None, [new PlacedRow(0, Row(9, "EUR"))]);
        Assert.Contains("told by ad set or creative", Assert.Single(coarse.Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_has_one_currency_unless_all_of_it_is_sent_anew()
    {
        var change = PartBook.Apply([Known(4, "a")], None, [Sent(0, 5, "b", currency: "USD")]);
        Assert.Contains("currency USD differs from EUR", Assert.Single(change.Refused).Reason, StringComparison.Ordinal);

        var all = PartBook.Apply([Known(4, "a")], None, [Sent(0, 5, "b", currency: "USD"), Sent(1, 5, "a", currency: "USD")]);
        Assert.Equal(("USD", 10m), (Assert.Single(all.Days).Row.Currency, all.Days[0].Row.Spend));
    }

    [Fact]
    public void The_value_of_a_day_is_unknown_as_soon_as_that_of_a_conversion_is()
    {
        Assert.Equal(10, Day2(10, 0).Value);
        Assert.Null(Day2(null, 1).Value);

        DayRow Day2(decimal? value, long conversions) =>
            PartBook
                .Apply(
                    [],
                    None,
                    [
                        new(0, Row(1, "EUR") with { Value = 10 }, new(-1, "", "a")),
                        new(1, Row(1, "EUR") with { Value = value is null ? null : 0, Conversions = conversions }, new(-1, "", "b")),
                    ]
                )
                .Days[0]
                .Row;
    }

    private static PartRow Known(decimal spend, string creative, int hour = Part.WholeDay) =>
        new(Row(spend, "EUR"), new(hour, "", creative));

    private static PlacedRow Sent(int index, decimal spend, string creative, int hour = Part.WholeDay, string currency = "EUR") =>
        new(index, Row(spend, currency), new(hour, "", creative));

    private static DayRow Row(decimal spend, string currency) => new(Day, "social", "spring", "new", spend, currency, 100, 10, 1, null);
}
