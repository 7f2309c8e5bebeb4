using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class OrderRepliesTests
{
    private static readonly KnownOrder Teapots = Talk.Order("SO-1001", 1, "Red teapot", "Blue teapot");
    private static readonly KnownOrder Cup = Talk.Order("SO-1002", 2, "Green cup");
    private static readonly Visitor Customer = Talk.Customer(Cup, Teapots);

    [Fact]
    public void And_the_one_before_tells_the_next_older_order_whatever_the_classifier_thinks()
    {
        var talk = new Talk(Customer);
        talk.Says("where is my order", "order_status");

        Assert.Equal("SO-1001", talk.Says("and the one before that?", "thanks").Order?.OrderId);
        Assert.Equal("SO-1002", talk.Says("what about the other order", "returns").Order?.OrderId);
        var only = new Talk(Talk.Customer(Cup));
        only.Says("where is my order", "order_status");
        Assert.Equal("I know of no other order of yours.", only.Says("and the other one?").Text);
    }

    [Fact]
    public void A_partial_and_a_full_refund_are_told_apart_and_what_is_refunded_is_not_returned_again()
    {
        var part = Cup with { Refunded = 3.5m, RefundedAt = RunningChatbot.Day };
        Assert.Contains(
            "3.50 EUR of 23.50 EUR went back",
            new Talk(Talk.Customer(part)).Says("refund of SO-1002", "returns").Text,
            StringComparison.Ordinal
        );

        var talk = new Talk(Talk.Customer(Cup with { Refunded = 23.5m, RefundedAt = RunningChatbot.Day }));
        Assert.Contains("refunded in full", talk.Says("refund of SO-1002", "returns").Text, StringComparison.Ordinal);
        Assert.Null(talk.State.Form);
    }

    [Fact]
    public void How_a_customer_stands_follows_from_the_orders_and_the_shops_tiers()
    {
        var reply = new Talk(Customer).Says("my points", "loyalty");

        Assert.Equal(
            "You have placed 2 orders with us since 1 October 2026, 47.00 EUR in all. You stand at Bronze. With 2 more you reach Silver.",
            reply.Text
        );
    }

    [Fact]
    public void Who_has_no_order_hears_so() =>
        Assert.Contains(
            "no order of yours",
            new Talk(Talk.Customer()).Says("where is my order", "order_status").Text,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("de", "Sie haben die Bestellung SO-1002 am 2. Oktober 2026 aufgegeben: 1 × Green cup; zusammen 23,50 EUR.")]
    [InlineData("fr", "Vous avez passé la commande SO-1002 le 2 octobre 2026: 1 × Green cup ; 23,50 EUR au total.")]
    public void An_order_is_told_in_the_language_of_the_dialogue(string language, string start)
    {
        var talk = new Talk(Customer, Script.StandardIn(language));

        Assert.StartsWith(start, talk.Says("SO-1002").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_is_a_day_of_the_shop()
    {
        var late = Cup with { PlacedAt = new DateTimeOffset(2026, 10, 1, 23, 30, 0, TimeSpan.Zero) };
        var berlin = Talk.Shop with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        var turn = new Turn(
            "SO-1002",
            new("en", [], 0, false, [], "v1"),
            DialogueState.Start,
            Talk.Customer(late),
            CatalogueSearch.Nothing,
            Findings.Nothing,
            null,
            Script.Standard,
            berlin
        );

        Assert.Contains("on 2 October 2026", Decision.Decide(turn).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void When_was_that_tells_the_same_order_again()
    {
        var talk = new Talk(Customer);
        talk.Says("order SO-1001", "order_status");

        Assert.Equal("SO-1001", talk.Says("when was that").Order?.OrderId);
        Assert.Null(talk.Says("that is a nice colour").Order);
    }
}
