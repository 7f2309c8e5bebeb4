using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class ShopWeeksTests
{
    private static readonly DateOnly First = new(2025, 1, 6);
    private static readonly DateOnly[] Weeks = [.. Enumerable.Range(0, 60).Select(w => First.AddDays(7 * w))];

    [Fact]
    public void Channels_with_few_weeks_of_spend_are_left_out_and_named()
    {
        var (weeks, _) = ShopWeeks.Of(Weeks, Sales(60), [.. Spend("social", 60), .. Spend("radio", 7)], []);

        Assert.Equal("social", Assert.Single(weeks!.Data.Channels).Name);
        Assert.StartsWith("radio is left out: only 7 weeks", Assert.Single(weeks.Notes), StringComparison.Ordinal);
        Assert.StartsWith("No channel has spend", ShopWeeks.Of(Weeks, Sales(60), Spend("radio", 7), []).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Weeks_without_orders_are_a_gap_in_what_we_were_told()
    {
        Assert.Equal(
            "Only 50 of 60 weeks have orders: import the missing ones.",
            ShopWeeks.Of(Weeks, Sales(50), Spend("social", 60), []).Missing
        );
        Assert.NotNull(ShopWeeks.Of(Weeks, Sales(55), Spend("social", 60), []).Weeks);
    }

    [Fact]
    public void A_hold_out_of_a_part_of_the_shop_speaks_for_all_spend_of_its_weeks()
    {
        // Wednesday of the 11th week to Tuesday of the 14th: mostly in weeks 10 to 12.
        var lift = new MeasuredLift("social", "North", First.AddDays(72), First.AddDays(92), 400, 100, 150);
        var (weeks, _) = ShopWeeks.Of(Weeks, Sales(60), Spend("social", 60), [lift, lift with { Name = "Free", Spend = 0 }]);

        var test = Assert.Single(weeks!.Tests);
        Assert.Equal(("social", 10, 12), (test.Channel, test.From, test.To));
        Assert.Equal((800.0, 200.0), (test.Lift, test.StandardError));
        Assert.StartsWith("Hold-out 'Free' does not calibrate it", Assert.Single(weeks.Notes), StringComparison.Ordinal);
    }

    private static WeekOfSales[] Sales(int weeks) => [.. Weeks.Take(weeks).Select(w => new WeekOfSales(w, 1_000, 20))];

    private static WeekOfSpend[] Spend(string channel, int weeks) => [.. Weeks.Take(weeks).Select(w => new WeekOfSpend(w, channel, 100))];
}
