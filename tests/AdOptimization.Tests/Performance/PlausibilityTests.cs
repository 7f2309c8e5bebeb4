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
                    Assert.NotNull(Plausibility.Doubt(Row((decimal)(100 * scale), 3), history, [], Rules));
                    Assert.Null(Plausibility.Doubt(Row((decimal)(2 * scale), 3), history, [], Rules));
                }
            );
    }

    [Fact]
    public void A_restless_cell_may_do_what_an_even_one_may_not()
    {
        var even = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 3)).ToArray();
        var restless = Enumerable.Range(1, 30).Select(ago => Known(ago, ago % 2 == 0 ? 30 : 300, 3)).ToArray();

        Assert.Contains("at most 500, 100 in the middle", Plausibility.Doubt(Row(900, 3), even, [], Rules), StringComparison.Ordinal);
        Assert.Null(Plausibility.Doubt(Row(900, 3), restless, [], Rules));
    }

    [Fact]
    public void Conversions_are_judged_too_and_small_counts_may_jump()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, ago % 3)).ToArray();

        Assert.Null(Plausibility.Doubt(Row(100, 6), history, [], Rules));
        Assert.StartsWith("conversions 200", Plausibility.Doubt(Row(100, 200), history, [], Rules), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_history_a_row_is_believed_unless_its_own_request_speaks_against_it()
    {
        var few = Enumerable.Range(1, Rules.Days - 1).Select(ago => Known(ago, 100, 3)).ToArray();
        var many = few.Append(Known(Rules.Days, 100, 3)).ToArray();

        Assert.Null(Plausibility.Doubt(Row(10_000, 3), few, [], Rules));
        Assert.NotNull(Plausibility.Doubt(Row(10_000, 3), [], many, Rules));
    }

    [Fact]
    public void A_feed_that_multiplies_its_whole_past_is_judged_by_what_is_stored()
    {
        var stored = Enumerable.Range(0, 30).Select(ago => Known(ago, 100, 3)).ToArray();
        var sent = Enumerable.Range(0, 30).Select(ago => Known(ago, 10_000, 3)).ToArray();

        Assert.NotNull(Plausibility.Doubt(Row(10_000, 3), stored, sent, Rules));
    }

    [Fact]
    public void A_level_that_was_released_is_not_asked_about_again_and_days_out_of_sight_or_in_another_currency_say_nothing()
    {
        var history = Enumerable.Range(1, 30).Select(ago => Known(ago, 100, 3)).ToList();
        Assert.Null(Plausibility.Doubt(Row(1_200, 3), [.. history, Known(31, 1_000, 3)], [], Rules));

        Assert.Null(Plausibility.Doubt(Row(10_000, 3), [.. history.Select(d => d with { Date = d.Date.AddDays(-200) })], [], Rules));
        Assert.Null(Plausibility.Doubt(Row(10_000, 3) with { Currency = "JPY" }, history, [], Rules));
    }

    private static KnownDay Known(int ago, decimal spend, long conversions) => new(Day.AddDays(-ago), spend, "EUR", conversions);

    private static DayRow Row(decimal spend, long conversions) =>
        new(Day, "social", "", "", spend, "EUR", 1_000_000, 10_000, conversions, null);
}
