using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Recipients;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations;

public class AutomationDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly Guid Customer = Guid.CreateVersion7(Now);
    private static readonly Person Anna = new(Customer, "anna@example.com", "Anna", null, true, Now.AddHours(-1), "form", null, null);

    private static CartAbandoned Cart(DateTimeOffset touched, DateTimeOffset at, params CartLine[] lines) =>
        new(Customer, "C1", lines, 9, "EUR", touched, at);

    [Fact]
    public void A_fresh_consent_with_a_known_address_is_welcomed() => Assert.True(Subscribing.Decide(Anna, Day, Now));

    [Fact]
    public void A_consent_waits_for_the_address() => Assert.False(Subscribing.Decide(Anna with { Address = null }, Day, Now));

    [Fact]
    public void An_address_that_becomes_known_too_late_welcomes_nobody() =>
        Assert.False(Subscribing.Decide(Anna with { ConsentAt = Now - Day - TimeSpan.FromSeconds(1) }, Day, Now));

    [Fact]
    public void A_consent_of_exactly_the_trigger_age_still_counts() =>
        Assert.True(Subscribing.Decide(Anna with { ConsentAt = Now - Day }, Day, Now));

    [Fact]
    public void A_withdrawal_that_came_first_welcomes_nobody() =>
        Assert.False(Subscribing.Decide(Anna with { ConsentGranted = false }, Day, Now));

    [Fact]
    public void A_suppressed_address_is_not_welcomed() =>
        Assert.False(Subscribing.Decide(Anna with { SuppressedFor = "unsubscribed", SuppressedAt = Now }, Day, Now));

    [Fact]
    public void A_cart_left_an_hour_ago_is_followed_up() =>
        Assert.True(CartAbandonedConsumer.Decide(Cart(Now.AddHours(-1), Now, new CartLine("T1", "Tea", 1, 9)), Day, Now));

    [Theory]
    [InlineData(-25, -25)]
    [InlineData(-25, 0)]
    public void Old_news_never_triggers(int touchedHoursAgo, int noticedHoursAgo)
    {
        var cart = Cart(Now.AddHours(touchedHoursAgo), Now.AddHours(noticedHoursAgo), new CartLine("T1", "Tea", 1, 9));
        Assert.False(CartAbandonedConsumer.Decide(cart, Day, Now));
    }

    [Fact]
    public void An_empty_cart_is_nothing_to_write_about() => Assert.False(CartAbandonedConsumer.Decide(Cart(Now, Now), Day, Now));
}
