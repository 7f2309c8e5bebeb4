using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class ComparisonsTests
{
    private static readonly FoundProduct[] Teapots = [Product("Red teapot", 30), Product("Blue teapot", 10), Product("Glass teapot", 20)];

    [Theory]
    [InlineData(
        "en",
        "which of these is cheaper?",
        "Of these the cheapest is Blue teapot, 10.00 EUR. Then Glass teapot, 20.00 EUR; Red teapot"
    )]
    [InlineData("en", "and which one is the cheapest", "Of these the cheapest is Blue teapot")]
    [InlineData("en", "which is more expensive", "Of these the most expensive is Red teapot, 30.00 EUR. Then Glass teapot")]
    [InlineData(
        "en",
        "the red or the glass one, which is cheaper",
        "Of these the cheapest is Glass teapot, 20.00 EUR. Then Red teapot, 30.00 EUR."
    )]
    [InlineData("de", "welcher davon ist am günstigsten?", "Davon ist am günstigsten: Blue teapot")]
    [InlineData("de", "welche ist billiger", "Davon ist am günstigsten: Blue teapot")]
    [InlineData("fr", "lequel est le moins cher ?", "Le moins cher des articles montrés : Blue teapot")]
    [InlineData("fr", "laquelle est la plus chère", "Le plus cher des articles montrés : Red teapot")]
    public void Which_of_those_shown_costs_less_or_more_is_said_and_nothing_else_is_searched_for(
        string language,
        string text,
        string answer
    )
    {
        var talk = Shown(language);

        var reply = talk.Says(text, "product_search");

        Assert.StartsWith(answer, reply.Text, StringComparison.Ordinal);
        // What the second one is has not changed.
        Assert.Equal(Teapots, talk.State.Shown);
    }

    [Theory]
    [InlineData("en", "what is the difference between the first and the second", "Blue teapot costs 20.00 EUR less than Red teapot.")]
    [InlineData("en", "compare the red teapot and the blue teapot", "Blue teapot costs 20.00 EUR less than Red teapot.")]
    [InlineData(
        "de",
        "Was ist der Unterschied zwischen dem ersten und dem zweiten?",
        "Blue teapot kostet 20,00 EUR weniger als Red teapot."
    )]
    [InlineData("fr", "quelle est la différence entre la première et la deuxième", "Blue teapot coûte 20,00 EUR de moins que Red teapot.")]
    public void A_difference_is_told_by_what_the_catalogue_knows(string language, string text, string gap)
    {
        var reply = Shown(language).Says(text);

        Assert.Equal(["Red teapot", "Blue teapot"], reply.Products!.Select(product => product.Name));
        Assert.Contains(gap, reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_that_a_message_names_are_compared_whether_or_not_they_were_shown()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = Teapots };

        Assert.Equal(
            "Of these the most expensive is Red teapot, 30.00 EUR. Then Blue teapot, 10.00 EUR.",
            talk.Says("is the red teapot dearer than the blue teapot").Text
        );
    }

    [Fact]
    public void Equal_prices_are_said_to_be_equal_and_without_prices_nothing_is_cheaper()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Red teapot", 10), Product("Blue teapot", 10)] };
        talk.Says("do you have a teapot", "product_search");
        Assert.StartsWith("They cost the same: Red teapot", talk.Says("which of them is cheaper").Text, StringComparison.Ordinal);

        var unpriced = new Talk(Talk.Stranger) { Catalogue = [Product("Red teapot", 10), Product("Blue teapot", null)] };
        unpriced.Says("do you have a teapot", "product_search");
        Assert.DoesNotContain("cheapest", unpriced.Says("which of them is cheaper").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("what is the difference between standard and express delivery", null)]
    [InlineData("what is the difference to my last order", "order_status")]
    [InlineData("something cheaper", "product_search")]
    public void What_compares_nothing_that_was_shown_is_answered_as_ever(string text, string? intent) =>
        Assert.DoesNotContain("costs", Shown("en").Says(text, intent).Text, StringComparison.Ordinal);

    [Fact]
    public void They_are_those_that_were_shown()
    {
        var reply = Shown("en").Says("are they all in stock?");

        Assert.Equal(3, reply.Products!.Count);
        Assert.Contains("Red teapot, 30.00 EUR (in stock)", reply.Text, StringComparison.Ordinal);
    }

    private static Talk Shown(string language)
    {
        var talk = new Talk(Talk.Stranger, Script.StandardIn(language)) { Catalogue = Teapots };
        talk.Says("teapot", "product_search");
        Assert.Equal(3, talk.State.Shown.Count);
        return talk;
    }

    private static FoundProduct Product(string name, decimal? price) => new(name, name, null, price, "EUR", null, true);
}
