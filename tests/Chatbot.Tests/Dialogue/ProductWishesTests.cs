using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class ProductWishesTests
{
    private static readonly KnownOrder Teapots = Talk.Order("SO-1001", 1, "Red teapot", "Blue teapot");
    private static readonly KnownOrder Cup = Talk.Order("SO-1002", 2, "Green cup");
    private static readonly Visitor Customer = Talk.Customer(Cup, Teapots);

    [Fact]
    public void No_the_red_one_narrows_what_was_found()
    {
        var talk = new Talk(Talk.Stranger)
        {
            Catalogue = [Product("Red teapot"), Product("Blue teapot"), Product("Red cup"), Product("Iron kettle")],
        };
        Assert.Equal(["Red teapot", "Blue teapot"], talk.Says("do you have a teapot", "product_search").Products!.Select(p => p.Name));

        Assert.Equal(["Red teapot"], talk.Says("no, the red one").Products!.Select(p => p.Name));
        Assert.Equal(["Blue teapot"], talk.Says("sorry, I meant the blue teapot").Products!.Select(p => p.Name));
    }

    [Fact]
    public void One_of_the_products_shown_is_meant_by_its_place_or_as_it()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Red teapot"), Product("Blue teapot") with { InStock = false }] };
        talk.Says("do you have a teapot", "product_search");

        Assert.Equal("Blue teapot, 9.50 EUR (not in stock).", talk.Says("the second one").Text);
        Assert.Equal("Blue teapot, 9.50 EUR (not in stock).", talk.Says("is it in stock", "product_search").Text);
    }

    [Fact]
    public void Nothing_found_does_not_swallow_what_is_said_next()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Oolong")] };
        Assert.Equal(Need.Product, talk.Says("do you sell quokkas", "product_search").Needs);

        Assert.Equal("thanks", talk.Says("ok thanks", "thanks").Intent);
    }

    [Fact]
    public void Who_only_names_a_product_looks_for_it()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Quartz clock")] };

        Assert.Equal("Quartz clock", Assert.Single(talk.Says("a quartz clock?").Products!).Name);
        Assert.Null(talk.Says("the clock of Big Ben").Products);
    }

    [Fact]
    public void A_search_that_finds_no_product_is_answered_by_the_article_that_knows()
    {
        var passage = new Passage("delivery", "Delivery costs", null, "Delivery is 4.90 euros.", 0.6);
        var knows = new KnowledgeAnswer(true, passage.Text, [passage], [passage]);
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Teapot")] };

        Assert.Equal(passage.Text, talk.Says("how much is delivery", "product_search", knows).Text);
        Assert.Equal("product_search", talk.Says("how much is the teapot", "product_search", knows).Intent);
    }

    [Fact]
    public void Cheaper_than_what_was_not_said_is_asked_and_still_holds_when_it_is()
    {
        var talk = new Talk(Talk.Stranger)
        {
            Catalogue = [Product("Red teapot") with { Price = 30 }, Product("Blue teapot") with { Price = 10 }],
        };
        Assert.Equal(Need.Product, talk.Says("something cheaper").Needs);

        Assert.Equal(2, talk.Says("teapot").Products!.Count);
        Assert.Equal(["Blue teapot"], talk.Says("cheaper than the red teapot").Products!.Select(p => p.Name));
    }

    [Theory]
    [InlineData("I want to return it, I found it cheaper elsewhere for less than 20 euros", "returns")]
    [InlineData("why was my last order more expensive than the one before it", "order_status")]
    public void A_sentence_that_surely_asks_for_something_else_is_no_price_wish(string text, string intent)
    {
        var talk = new Talk(Customer) { Catalogue = [Product("Red teapot")] };
        talk.Says("do you have a teapot", "product_search");

        Assert.Equal(intent, talk.Says(text, intent).Intent);
    }

    [Fact]
    public void Products_are_listed_with_price_and_stock_three_at_most()
    {
        var talk = new Talk(Talk.Stranger)
        {
            Catalogue = [.. Enumerable.Range(1, 5).Select(n => new FoundProduct($"P{n}", $"Tea {n}", null, n, "EUR", null, n > 1))],
        };

        var reply = talk.Says("do you have tea", "product_search");

        Assert.Equal("I found these: Tea 1, 1.00 EUR (not in stock); Tea 2, 2.00 EUR; Tea 3, 3.00 EUR.", reply.Text);
        Assert.Equal(3, reply.Products!.Count);
    }

    [Fact]
    public void Asked_what_one_looks_for_a_word_is_enough()
    {
        var talk = new Talk(Talk.Stranger) { Catalogue = [Product("Oolong")] };
        Assert.Equal(Need.Product, talk.Says("I am looking for something", "product_search").Needs);
        Assert.Equal("Oolong", Assert.Single(talk.Says("oolong").Products!).Name);
    }

    private static FoundProduct Product(string name) => new(name, name, null, 9.5m, "EUR", null, true);
}
