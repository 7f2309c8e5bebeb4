using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class PerformanceRulesTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);
    private static readonly PerformanceRow Good = new(Today, "Social", " spring ", null, 12.5m, "eur", 1_000, 40, 3, 90);

    [Fact]
    public void A_good_row_is_stored_in_one_form()
    {
        Assert.Null(PerformanceRules.Refuse(Good, Today));
        Assert.Equal(new DayRow(Today, "social", "spring", "", 12.5m, "EUR", 1_000, 40, 3, 90), PerformanceRules.ToDay(Good, "USD"));
        Assert.Equal("USD", PerformanceRules.ToDay(Good with { Currency = null }, "USD").Currency);
    }

    [Fact]
    public void Zeros_and_an_unknown_value_are_fine() =>
        Assert.Null(PerformanceRules.Refuse(Good with { Spend = 0, Impressions = 0, Clicks = 0, Conversions = 0, Value = null }, Today));

    [Fact]
    public void A_row_may_know_the_spend_alone_but_not_some_of_the_counts()
    {
        var spendOnly = Good with { Impressions = null, Clicks = null, Conversions = null, Value = null };

        Assert.Null(PerformanceRules.Refuse(spendOnly, Today));
        Assert.Null(PerformanceRules.ToDay(spendOnly, "EUR").Clicks);
        Assert.StartsWith("value is given", PerformanceRules.Refuse(spendOnly with { Value = 5 }, Today), StringComparison.Ordinal);
        Assert.StartsWith("clicks is missing", PerformanceRules.Refuse(Good with { Clicks = null }, Today), StringComparison.Ordinal);
        Assert.StartsWith(
            "impressions is missing",
            PerformanceRules.Refuse(spendOnly with { Clicks = 1 }, Today),
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, string> Bad =>
        new()
        {
            { "date is missing", nameof(PerformanceRow.Date) },
            { "in the future", "tomorrow" },
            { "before 2000", "ancient" },
            { "channel is missing", nameof(PerformanceRow.Channel) },
            { "channel must have at most 100", "long channel" },
            { "campaign must have", "control character" },
            { "spend is missing", nameof(PerformanceRow.Spend) },
            { "spend is negative", "negative spend" },
            { "impressions is negative", "negative impressions" },
            { "clicks is missing", nameof(PerformanceRow.Clicks) },
            { "conversions is negative", "negative conversions" },
            { "value is negative", "negative value" },
            { "clicks (1001) exceed impressions (1000)", "clicks" },
            { "conversions (41) exceed clicks (40)", "conversions" },
            { "value without conversions", "value" },
            { "currency 'EURO'", "currency" },
            { "currency 'E1R'", "digits" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_row_is_refused_with_its_reason(string reason, string what)
    {
        var row = what switch
        {
            nameof(PerformanceRow.Date) => Good with { Date = null },
            "tomorrow" => Good with { Date = Today.AddDays(1) },
            "ancient" => Good with { Date = new DateOnly(1999, 12, 31) },
            nameof(PerformanceRow.Channel) => Good with { Channel = " " },
            "long channel" => Good with { Channel = new string('x', 101) },
            "control character" => Good with { Campaign = "a\0b" },
            nameof(PerformanceRow.Spend) => Good with { Spend = null },
            "negative spend" => Good with { Spend = -0.01m },
            "negative impressions" => Good with { Impressions = -1 },
            nameof(PerformanceRow.Clicks) => Good with { Clicks = null },
            "negative conversions" => Good with { Conversions = -1 },
            "negative value" => Good with { Value = -1 },
            "clicks" => Good with { Clicks = 1_001 },
            "conversions" => Good with { Conversions = 41 },
            "value" => Good with { Conversions = 0 },
            "currency" => Good with { Currency = "EURO" },
            "digits" => Good with { Currency = "E1R" },
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
        Assert.Contains(reason, PerformanceRules.Refuse(row, Today), StringComparison.Ordinal);
    }
}
