using MarketingPlatform.Chatbot.Catalogue;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Catalogue;

public sealed class CatalogueWordsTests
{
    private static readonly CatalogueWords Words = new([
        "Drinking Chocolate",
        "Chai",
        "Lavender Soap",
        "Porcelain Teapot",
        "Ceramic Bowl",
        "Ground Coffee",
        "Cook Book",
        "Olive Oil",
        "Tea",
        "Fig Candles",
    ]);

    [Theory]
    [InlineData("choclate", "chocolate")]
    [InlineData("teapto", "teapot")]
    [InlineData("lavendar", "lavender")]
    [InlineData("chocolat", "chocolate")]
    [InlineData("schokolade", "chocolate")]
    [InlineData("kaffee", "coffee")]
    [InlineData("porzellan", "porcelain")]
    [InlineData("keramik", "ceramic")]
    [InlineData("céramique", "ceramic")]
    public void A_typing_error_or_the_same_word_in_a_neighbouring_language_is_the_catalogues_word(string word, string meant) =>
        Assert.Equal(meant, Words.Like(word));

    [Theory]
    [InlineData("teapots")]
    [InlineData("cooking")]
    [InlineData("candle")]
    public void What_the_catalogue_has_in_another_form_is_left_alone(string word) => Assert.Null(Words.Like(word));

    [Theory]
    [InlineData("chairs")]
    [InlineData("chair")]
    [InlineData("laptops")]
    [InlineData("quokkas")]
    [InlineData("boots")]
    [InlineData("books2")]
    public void Another_word_is_no_error(string word) => Assert.Null(Words.Like(word));
}
