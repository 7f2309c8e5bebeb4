using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class ReplyTests
{
    private static readonly ShopFacts Shop = new("Tea House", new Uri("https://tea.example"), TimeZoneInfo.Utc);
    private static readonly KnownOrder First = Order("SO-1001", 1);
    private static readonly KnownOrder Last = Order("SO-1002", 5);
    private static readonly Visitor Stranger = new Visitor.Stranger();
    private static readonly Visitor Customer = new Visitor.Known([Last, First]);

    [Fact]
    public void An_order_is_told_by_its_number()
    {
        var reply = Decide("where is SO-1001", Intents.OrderStatus, Customer);

        Assert.Equal(First, reply.Order);
        Assert.Contains("SO-1001 on 1 October 2026: 2 × Green tea; 23.50 EUR", reply.Text, StringComparison.Ordinal);
        Assert.Contains("nothing was refunded", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_order_is_the_newest() => Assert.Equal(Last, Decide("where is my last order", Intents.OrderStatus, Customer).Order);

    [Fact]
    public void Without_a_number_the_newest_is_told_and_another_can_be_named()
    {
        var reply = Decide("where is my order", Intents.OrderStatus, Customer);

        Assert.Equal((Last, Awaiting.OrderNumber), (reply.Order, reply.Awaiting));
        Assert.Equal(First, Decide("SO-1001", Intents.Fallback, Customer, sure: false, reply.Awaiting).Order);
    }

    [Theory]
    [InlineData("where is SO-1001")]
    [InlineData("where is SO-4711")]
    [InlineData("where is my last order")]
    [InlineData("SO-1001")]
    public void A_stranger_is_asked_to_sign_in_whatever_the_number(string text)
    {
        var reply = Decide(text, Intents.OrderStatus, Stranger);

        Assert.Equal((null, Need.SignIn), (reply.Order, reply.Needs));
        Assert.Equal(Decide("where is my order", Intents.OrderStatus, Stranger), reply);
    }

    [Fact]
    public void Somebody_elses_order_and_no_order_have_the_same_answer()
    {
        // SO-4711 exists, SO-9999 does not: the decision is given neither.
        Assert.Equal(Decide("where is SO-4711", Intents.OrderStatus, Customer), Decide("where is SO-9999", Intents.OrderStatus, Customer));
        Assert.Equal(Need.OrderNumber, Decide("where is SO-4711", Intents.OrderStatus, Customer).Needs);
    }

    [Fact]
    public void Who_has_no_order_hears_so() =>
        Assert.Contains(
            "no order of yours",
            Decide("where is my order", Intents.OrderStatus, new Visitor.Known([])).Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_partial_and_a_full_refund_are_told_apart()
    {
        var part = First with { Refunded = 3.5m, RefundedAt = RunningChatbot.Day };
        Assert.Contains(
            "3.50 EUR of 23.50 EUR went back",
            Decide("refund of SO-1001", Intents.Returns, new Visitor.Known([part])).Text,
            StringComparison.Ordinal
        );

        var full = First with { Refunded = 23.5m, RefundedAt = RunningChatbot.Day };
        Assert.Contains(
            "refunded in full",
            Decide("where is SO-1001", Intents.OrderStatus, new Visitor.Known([full])).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_return_without_a_number_asks_for_it_and_a_stranger_hears_only_where_it_is_explained()
    {
        Assert.Equal(
            (Need.OrderNumber, null),
            (Decide("I want to return it", Intents.Returns, Customer).Needs, Decide("I want to return it", Intents.Returns, Customer).Order)
        );
        var stranger = Decide("return SO-1001", Intents.Returns, Stranger);
        Assert.Equal(Need.SignIn, stranger.Needs);
        Assert.Contains("https://tea.example", stranger.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SO-1001", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_understood_is_answered_with_what_the_bot_can_do()
    {
        var reply = Decide("who was Hamlet", Intents.OrderStatus, Customer, sure: false);

        Assert.Equal((Intents.Fallback, null), (reply.Intent, reply.Order));
        Assert.Contains("how your order stands", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_are_listed_with_price_and_stock_three_at_most()
    {
        var products = Enumerable.Range(1, 5).Select(n => new FoundProduct($"P{n}", $"Tea {n}", null, n, "EUR", null, n > 1)).ToArray();

        var reply = Decide("do you have tea", Intents.ProductSearch, Stranger, products: products);

        Assert.Equal("I found these: Tea 1, 1.00 EUR (not in stock); Tea 2, 2.00 EUR; Tea 3, 3.00 EUR.", reply.Text);
        Assert.Equal(3, reply.Products!.Count);
    }

    [Fact]
    public void Asked_what_one_looks_for_a_word_is_enough()
    {
        var question = Decide("I am looking for something", Intents.ProductSearch, Stranger);
        Assert.Equal((Awaiting.Product, Need.Product), (question.Awaiting, question.Needs));

        Assert.True(Reply.LooksForProducts("oolong", Unsure, question.Awaiting));
        Assert.False(Reply.LooksForProducts("oolong", Unsure, Awaiting.Nothing));
        Assert.Equal(Intents.ProductSearch, Decide("oolong", Intents.Greeting, Stranger, sure: false, question.Awaiting).Intent);
    }

    [Fact]
    public void Who_wants_a_person_hears_where_people_are() => Assert.Equal(Need.Human, Decide("agent", Intents.Handoff, Stranger).Needs);

    [Fact]
    public void A_day_is_a_day_of_the_shop()
    {
        var late = First with { PlacedAt = new DateTimeOffset(2026, 10, 1, 23, 30, 0, TimeSpan.Zero) };
        var berlin = Shop with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };

        var turn = new Turn("SO-1001", Unsure, Awaiting.Nothing, new Visitor.Known([late]), [], berlin);

        Assert.Contains("on 2 October 2026", Reply.Decide(turn).Text, StringComparison.Ordinal);
    }

    private static readonly Understood Unsure = new("en", [new RankedIntent(Intents.Greeting, 0.1)], 0.1, false, [], "v1");

    private static KnownOrder Order(string id, int day) =>
        new(id, new DateTimeOffset(2026, 10, day, 12, 0, 0, TimeSpan.Zero), 23.5m, "EUR", 0, null, [new KnownLine("P1", "Green tea", 2)]);

    private static Reply Decide(
        string text,
        string intent,
        Visitor visitor,
        bool sure = true,
        Awaiting awaiting = Awaiting.Nothing,
        IReadOnlyList<FoundProduct>? products = null
    ) =>
        Reply.Decide(
            new Turn(
                text,
                new Understood("en", [new RankedIntent(intent, sure ? 0.9 : 0.1)], sure ? 0.9 : 0.1, sure, [], "v1"),
                awaiting,
                visitor,
                products ?? [],
                Shop
            )
        );
}
