using CsCheck;
using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class PlausibilityTests
{
    private static readonly DateOnly Day = new(2026, 2, 20);
    private static readonly PlausibilityRules Rules = new AdsOptions().Plausibility;

    [Fact]
    public void A_hundred_times_the_usual_spend_is_in_doubt_whatever_the_scale()
    {
        Gen.Select(Gen.Double[0.01, 1e6], Gen.Double[0.7, 1.4].Array[10, 60])
            .Sample(
                (scale, scatter) =>
                {
                    var history = scatter.Select((s, i) => Known(i + 1, (decimal)(scale * s), 3)).ToArray();
                    Assert.NotNull(Doubt(Row((decimal)(100 * scale), 3), history, []));
                    Assert.Null(Doubt(Row((decimal)(2 * scale), 3), history, []));
                }
            );
    }

    [Fact]
    public void A_restless_cell_may_do_what_an_even_one_may_not()
    {
        var even = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 3)).ToArray();
        var restless = Enumerable.Range(1, 30).Select(ago => Known(ago, ago % 2 == 0 ? 30 : 300, 3)).ToArray();

        Assert.Contains("at most 500, 100 in the middle", Doubt(Row(900, 3), even, []), StringComparison.Ordinal);
        Assert.Null(Doubt(Row(900, 3), restless, []));
    }

    [Fact]
    public void Conversions_are_judged_too_and_small_counts_may_jump()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, ago % 3)).ToArray();

        Assert.Null(Doubt(Row(100, 6), history, []));
        Assert.StartsWith("conversions 200", Doubt(Row(100, 200), history, []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_is_just_the_bound_is_believed()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 0)).ToArray();

        Assert.Null(Doubt(Row(100, 4), history, []));
        Assert.Contains("at most 4, 0 in the middle", Doubt(Row(100, 5), history, []), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_history_a_row_is_believed_unless_its_own_request_speaks_against_it()
    {
        var few = Enumerable.Range(1, Rules.Days - 1).Select(ago => Known(ago, 100, 3)).ToArray();
        var many = few.Append(Known(Rules.Days, 100, 3)).ToArray();

        Assert.Null(Doubt(Row(10_000, 3), few, []));
        Assert.NotNull(Doubt(Row(10_000, 3), [], many));
    }

    [Fact]
    public void A_feed_that_multiplies_its_whole_past_is_judged_by_what_is_stored()
    {
        var stored = Enumerable.Range(0, 30).Select(ago => Known(ago, 100, 3)).ToArray();
        var sent = Enumerable.Range(0, 30).Select(ago => Known(ago, 10_000, 3)).ToArray();

        Assert.NotNull(Doubt(Row(10_000, 3), stored, sent));
    }

    [Fact]
    public void A_level_that_was_released_is_not_asked_about_again_and_days_out_of_sight_or_in_another_currency_say_nothing()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 3)).ToList();
        Assert.Null(Doubt(Row(1_200, 3), [.. history, Known(31, 1_000, 3)], []));

        Assert.Null(Doubt(Row(10_000, 3), [.. history.Select(d => d with { Date = d.Date.AddDays(-200) })], []));
        // A currency is asked about once; what is in another one says nothing of amounts.
        var yen = Row(10_000, 3) with
        {
            Currency = "JPY",
        };
        Assert.Equal("currency JPY is new: all 30 days of this cell are in EUR.", Doubt(yen, history, []));
        Assert.Null(Doubt(yen, [.. history, Known(40, 12_000, 3) with { Currency = "JPY" }], []));
    }

    [Fact]
    public void A_hundredth_of_the_usual_spend_is_in_doubt_but_not_nothing_nor_a_day_that_is_not_over()
    {
        Gen.Select(Gen.Double[1, 1e6], Gen.Double[0.7, 1.4].Array[10, 60])
            .Sample(
                (scale, scatter) =>
                {
                    var history = scatter.Select((s, i) => Known(i + 1, (decimal)(scale * s), 3)).ToArray();
                    Assert.Contains("far below", Doubt(Row((decimal)(scale / 100), 3), history, []), StringComparison.Ordinal);
                    Assert.Null(Doubt(Row((decimal)(scale / 5), 3), history, []));
                    Assert.Null(Doubt(Row(0, 0), history, []));
                    Assert.Null(Plausibility.Doubt(Row((decimal)(scale / 100), 3), new(history, [], []), Day, Rules));
                    // Somebody said that so little is right.
                    Assert.Null(Doubt(Row((decimal)(scale / 100), 3), [.. history, Known(70, (decimal)(scale / 60), 3)], []));
                }
            );
    }

    [Fact]
    public void Few_conversions_are_in_doubt_once_they_should_be_reported()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 200)).ToArray();

        Assert.Null(Doubt(Row(100, 1), history, []));
        var late = Plausibility.Doubt(Row(100, 1), new(history, [], []), Day.AddDays(8), Rules);
        Assert.StartsWith("conversions 1 is far below", late, StringComparison.Ordinal);
    }

    [Fact]
    public void A_conversion_that_is_suddenly_worth_a_hundredfold_is_in_doubt_and_a_large_order_is_not()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 3) with { Value = 150 + ago % 5 }).ToArray();

        Assert.StartsWith("value of a conversion 5000", Doubt(Row(100, 3) with { Value = 15_000 }, history, []), StringComparison.Ordinal);
        Assert.StartsWith("value of a conversion 0.5", Doubt(Row(100, 3) with { Value = 1.5m }, history, []), StringComparison.Ordinal);
        Assert.Null(Doubt(Row(100, 1) with { Value = 600 }, history, []));
        Assert.Null(Doubt(Row(100, 3), history, []));
    }

    [Fact]
    public void A_new_cell_is_compared_with_its_campaign_or_channel_and_asked_about_only_far_above()
    {
        KnownDay[] own = [Known(1, 100, 3), Known(2, 110, 3)];
        KnownDay[] kin = [.. own, .. Enumerable.Range(1, 20).Select(ago => Known(ago, 50 + 10 * ago, 3))];

        Assert.Contains("days of campaign spring make plausible", New(20_000, own), StringComparison.Ordinal);
        Assert.Contains("far above", New(20_000, []), StringComparison.Ordinal);
        Assert.Null(New(2_000, own));
        Assert.Null(New(1, own));

        string? New(decimal spend, KnownDay[] days) =>
            Plausibility.Doubt(Row(spend, 3), new(days, [], kin, "campaign spring"), Day.AddDays(1), Rules);
    }

    private static string? Doubt(DayRow row, IReadOnlyList<KnownDay> stored, IReadOnlyList<KnownDay> sent) =>
        Plausibility.Doubt(row, new(stored, sent, []), Day.AddDays(1), Rules);

    private static KnownDay Known(int ago, decimal spend, long conversions) => new(Day.AddDays(-ago), spend, "EUR", conversions);

    private static DayRow Row(decimal spend, long conversions) =>
        new(Day, "social", "", "", spend, "EUR", 1_000_000, 10_000, conversions, null);
}
