using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Contracts.Recommendation;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Catalogue;

public sealed class ProductSearchTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Theory]
    [InlineData("I'm looking for green tea, please", "green tea")]
    [InlineData("show me something", "")]
    [InlineData("which Lamps do you have?", "lamps")]
    public void The_words_of_asking_are_not_searched_for(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), ProductSearch.Terms(text));

    [Fact]
    public async Task Products_with_most_of_the_words_are_offered_those_in_stock_first()
    {
        await bot.CatalogueAsync(
            Product("s1", 1, "Green tea tin", inStock: false),
            Product("s2", 1, "Green tea bags"),
            Product("s3", 1, "Black tea"),
            Product("s4", 1, "Green umbrella"),
            Product("s5", 1, "Teapot", category: "Crockery")
        );

        var answer = await bot.SaysAsync("do you have green teas?");

        Assert.Equal("product_search", answer.Intent);
        Assert.Equal(["s2", "s1"], answer.Products!.Select(p => p.ProductId));
        Assert.Contains("Green tea bags, 5.00 EUR", answer.Reply, StringComparison.Ordinal);
        Assert.Contains("not in stock", answer.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_highest_version_of_a_product_counts_in_whatever_order_they_come()
    {
        await bot.CatalogueAsync(Product("v", 3, "Zeppelin model"), Product("v", 2, "Zeppelin old"));
        await bot.CatalogueAsync(Product("v", 1, "Zeppelin oldest"));

        Assert.Equal("Zeppelin model", Assert.Single((await bot.SaysAsync("I am looking for a zeppelin")).Products!).Name);
    }

    [Fact]
    public async Task What_is_not_in_the_catalogue_is_not_invented()
    {
        var answer = await bot.SaysAsync("do you sell quokkas?");

        Assert.Equal(("product_search", null), (answer.Intent, answer.Products));
        Assert.Contains("found nothing", answer.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_cheaper_goes_down_from_what_was_shown_until_there_is_nothing_and_says_so()
    {
        await bot.CatalogueAsync([
            .. Enumerable.Range(1, 7).Select(n => Product($"k{n}", 1, $"Copper kettle {n}", price: 10 * n)),
            Product("spoon", 1, "Copper spoon", price: 2),
        ]);
        var first = await bot.SaysAsync("do you have copper kettles?");
        Assert.Equal([10, 20, 30], Prices(first).Order());
        var dear = await bot.SaysAsync("the most expensive one", null, first.ConversationId);
        Assert.Equal([70, 60, 50], Prices(dear));

        var cheaper = await bot.SaysAsync("no, something cheaper", null, first.ConversationId);
        Assert.Equal([40, 30, 20], Prices(cheaper));
        Assert.StartsWith("For less than that I have: Copper kettle 4, 40.00 EUR", cheaper.Reply, StringComparison.Ordinal);
        Assert.Equal([10], Prices(await bot.SaysAsync("too expensive", null, first.ConversationId)));
        var none = await bot.SaysAsync("something less expensive please", null, first.ConversationId);

        Assert.Equal([70, 60, 50], Prices(await bot.SaysAsync("and your most expensive?", null, first.ConversationId)));
        // Not the spoon: it is cheaper, and no kettle.
        Assert.Equal("I have nothing like that for less. The cheapest is: Copper kettle 1, 10.00 EUR.", none.Reply);
        Assert.Equal([40, 50, 60], Prices(await bot.SaysAsync("ok, over 40 euros then", null, first.ConversationId)));
    }

    [Theory]
    [InlineData("en", "do you have an amber globe", "no, something cheaper", "under 20 euros")]
    [InlineData("de", "haben Sie einen amber globe", "nein, etwas Billigeres", "unter 20 Euro")]
    [InlineData("fr", "avez-vous un amber globe", "non, quelque chose de moins cher", "moins de 20 euros")]
    public async Task Price_wishes_are_understood_in_the_languages_of_the_dialogue(
        string language,
        string search,
        string cheaper,
        string bound
    )
    {
        await bot.CatalogueAsync([
            .. Enumerable.Range(1, 5).Select(n => Product($"g{n}", 1, "Amber globe " + "ABCDE"[n - 1], price: 9 * n)),
        ]);
        var first = await bot.SaysAsync(search);
        await bot.SaysAsync(
            language switch
            {
                "de" => "das teuerste",
                "fr" => "le plus cher",
                _ => "the most expensive",
            },
            null,
            first.ConversationId
        );

        Assert.Equal([18, 9], Prices(await bot.SaysAsync(cheaper, null, first.ConversationId)));
        Assert.Equal([18, 9], Prices(await bot.SaysAsync(bound, null, first.ConversationId)));
    }

    [Fact]
    public async Task A_price_can_be_asked_for_at_once_in_its_currency_and_what_has_no_price_is_not_offered()
    {
        await bot.CatalogueAsync(
            Product("b1", 1, "Walnut bowl small", price: 8),
            Product("b2", 1, "Walnut bowl large", price: 25),
            Product("b3", 1, "Walnut bowl priceless", price: null)
        );

        Assert.Equal(["b1"], (await bot.SaysAsync("do you have a walnut bowl under 20 euros")).Products!.Select(p => p.ProductId));
        Assert.Equal(["b1", "b2"], (await bot.SaysAsync("what is your cheapest walnut bowl")).Products!.Select(p => p.ProductId));
        Assert.StartsWith(
            "I have nothing like that at that price. What comes nearest: Walnut bowl small",
            (await bot.SaysAsync("do you have a walnut bowl under 5 euros")).Reply,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_number_after_for_is_a_price_where_something_costs_so_much_and_else_none()
    {
        await bot.CatalogueAsync(Product("m1", 1, "Bamboo mat small", price: 8), Product("m2", 1, "Bamboo mat large", price: 25));

        Assert.Equal(["m1"], (await bot.SaysAsync("do you have a bamboo mat for 20")).Products!.Select(p => p.ProductId));
        Assert.Equal(2, (await bot.SaysAsync("do you have a bamboo mat for 2")).Products!.Count);
    }

    [Fact]
    public async Task An_amount_in_another_currency_is_said_to_be_in_another_and_does_not_hide_the_products()
    {
        await bot.CatalogueAsync(Product("h1", 1, "Jute hammock", price: 30));

        var answer = await bot.SaysAsync("do you have a jute hammock under 40 dollars");
        Assert.StartsWith(
            "My prices are in EUR, and I cannot convert 40.00 USD. I found this: Jute hammock, 30.00 EUR.",
            answer.Reply,
            StringComparison.Ordinal
        );
        // The dollars do not narrow what comes next.
        Assert.Equal("h1", Assert.Single((await bot.SaysAsync("under 35", null, answer.ConversationId)).Products!).ProductId);
        Assert.StartsWith("My prices are in EUR", (await bot.SaysAsync("something under 30 CHF")).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_to_something_else_leaves_what_was_looked_for_before()
    {
        await bot.CatalogueAsync([
            .. Enumerable.Range(1, 4).Select(n => Product($"a{n}", 1, $"Enamel ladle {n}")),
            Product("y1", 1, "Enamel colander"),
        ]);
        var first = await bot.SaysAsync("do you have a ladle?");

        Assert.Equal("y1", Assert.Single((await bot.SaysAsync("no, a colander", null, first.ConversationId)).Products!).ProductId);
    }

    [Fact]
    public async Task What_a_category_is_called_is_meant_before_what_is_only_named_so()
    {
        await bot.CatalogueAsync(
            Product("z1", 1, "Zither song book", category: "Reading", price: 18),
            Product("z2", 1, "Alpine zither", category: "Zithers", price: 12),
            Product("z3", 1, "Concert piece", category: "Zithers", price: 15)
        );

        Assert.Equal(["z3", "z2", "z1"], (await bot.SaysAsync("do you have a zither under 20")).Products!.Select(p => p.ProductId));
    }

    [Fact]
    public async Task What_else_shows_what_was_not_shown_yet()
    {
        await bot.CatalogueAsync([.. Enumerable.Range(1, 5).Select(n => Product($"q{n}", 1, $"Quartz clock {n}"))]);
        var first = await bot.SaysAsync("do you have a quartz clock?");

        var more = await bot.SaysAsync("anything else?", null, first.ConversationId);

        Assert.Equal(5, first.Products!.Concat(more.Products!).Select(p => p.ProductId).Distinct().Count());
        Assert.Equal("That is all that I have of it.", (await bot.SaysAsync("others?", null, first.ConversationId)).Reply);
    }

    private static IEnumerable<decimal> Prices(Answer answer) => answer.Products!.Select(p => p.Price!.Value);

    private static ProductChanged Product(
        string id,
        long version,
        string name,
        string? category = null,
        bool inStock = true,
        decimal? price = 5
    ) => new(id, version, name, category, price, "EUR", "https://tea.example/" + id, null, inStock, RunningChatbot.Day);
}
