using MarketingPlatform.Automations.Testing;
using Xunit;
using Xunit.Sdk;

namespace MarketingPlatform.Email.Tests.Automations;

/// <summary>The files that come with the platform, tested as a shop tests its own.</summary>
public class ReadyMadeTests
{
    private static readonly DateTimeOffset Monday = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    private static TimeSpan Days(double days) => TimeSpan.FromDays(days);

    private static AutomationScenario Carts() =>
        AutomationScenario
            .OfReadyMade(Monday, "abandoned-cart")
            .SignsUp("anna", TimeSpan.Zero)
            .SignsUp("ben", TimeSpan.Zero)
            .Happens("anna", Hours(1), "cart-abandoned", new { cart_id = "a" })
            .Happens("ben", Hours(1), "cart-abandoned", new { cart_id = "b" })
            .Happens("stranger", Hours(1), "cart-abandoned", new { cart_id = "c" });

    [Fact]
    public void A_cart_is_reminded_of_twice_unless_its_customer_buys_or_never_agreed_to_mail()
    {
        var run = Carts()
            .Happens(
                "ben",
                Hours(2),
                "order",
                new
                {
                    order_id = "1",
                    total = 20,
                    currency = "EUR",
                }
            )
            .Run(Days(30));

        run.Sends("anna", (Hours(1), "abandoned-cart"), (Hours(25), "abandoned-cart")).Ends("anna", "abandoned-cart", "finished");
        run.Sends("ben", (Hours(1), "abandoned-cart")).Ends("ben", "abandoned-cart", "goal");
        run.Sends("stranger");
        Assert.Contains(run.DecidedFor("stranger"), mail => mail is { Outcome: "suppressed", Reason: not null });
    }

    [Fact]
    public void Who_followed_the_first_reminder_gets_no_second_one()
    {
        var run = Carts().Happens("anna", Hours(3), "mail-clicked", new { template = "abandoned-cart" }).Run(Days(30));

        run.Sends("anna", (Hours(1), "abandoned-cart"));
    }

    [Fact]
    public void Settings_of_the_shop_count_a_mail_waits_for_the_morning_and_a_cap_holds_the_second_back()
    {
        var run = Carts()
            .With("Email:QuietHours:From", "10:00")
            .With("Email:QuietHours:To", "12:00")
            .With("Email:Caps:0:Max", "1")
            .With("Email:Caps:0:Window", "7.00:00:00")
            .Run(Days(30));

        // Quiet until noon, three hours after the start.
        run.Sends("anna", (Hours(3), "abandoned-cart"));
        Assert.Contains(run.DecidedFor("anna"), mail => mail.Reason?.StartsWith("frequency-cap", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_fall_of_the_price_is_told_to_who_looked_at_the_product()
    {
        var run = AutomationScenario
            .OfReadyMade(Monday, "price-drop")
            .SignsUp("anna", TimeSpan.Zero)
            .SignsUp("ben", TimeSpan.Zero)
            .ProductIs("kettle", TimeSpan.Zero, 50)
            .Happens("anna", Days(1), "Product Viewed", new { product_id = "kettle" })
            .ProductIs("kettle", Days(3), 35)
            .Run(Days(10));

        Assert.Equal("price-drop", Assert.Single(run.MailsTo("anna")).Template);
        run.Sends("ben");
    }

    [Fact]
    public void A_test_that_fails_shows_what_happened()
    {
        var wrong = Assert.Throws<XunitException>(() => Carts().Run(Days(30)).Sends("anna", (Hours(1), "welcome")));

        Assert.Contains("Expected for anna: welcome after 01:00:00.", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("abandoned-cart  reminder  send  mail  abandoned-cart", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_in_a_file_is_named_by_line()
    {
        var wrong = Assert.Throws<ArgumentException>(() =>
            AutomationScenario.Of(Monday, "name: x\ntrigger: {event: order}\nsteps:\n  - wait: soon\n")
        );

        Assert.Contains("line 4, steps[0].wait", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AutomationScenario.OfReadyMade(Monday, "no-such"));
        Assert.Throws<ArgumentException>(() => AutomationScenario.OfReadyMade(Monday, "welcome").Replays("{}").Run(Days(1)));
        Assert.Throws<ArgumentException>(() =>
            AutomationScenario.OfReadyMade(Monday, "welcome").With("Email:Concurrency", "many").Run(Days(1))
        );
    }
}
