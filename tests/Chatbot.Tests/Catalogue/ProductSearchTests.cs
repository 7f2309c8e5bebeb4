using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Contracts.Recommendation;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Catalogue;

public sealed class ProductSearchTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Theory]
    [InlineData("I'm looking for green tea, please", "am for green tea")]
    [InlineData("show me something", "")]
    [InlineData("which Lamps do you have?", "which lamps do have")]
    public void The_words_of_asking_are_not_searched_for(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), ProductSearch.Terms(text).Where(t => t is not "you"));

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

    private static ProductChanged Product(string id, long version, string name, string? category = null, bool inStock = true) =>
        new(id, version, name, category, 5, "EUR", "https://tea.example/" + id, null, inStock, RunningChatbot.Day);
}
