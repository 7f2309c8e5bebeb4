using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class LanguagesTests
{
    private static readonly Languages Three = new(["en", "de", "fr"]);

    [Theory]
    [InlineData("where is my order", "en")]
    [InlineData("Wo ist meine Bestellung geblieben?", "de")]
    [InlineData("où est ma commande", "fr")]
    [InlineData("ok", "en")]
    [InlineData("", "en")]
    [InlineData("🎉🎉🎉", "en")]
    [InlineData("\u200b\u200b\u200b", "en")]
    [InlineData("שלום עולם", "en")]
    public void The_language_is_told_or_the_shops_own_is_taken(string text, string expected) => Assert.Equal(expected, Three.Of(text));

    [Theory]
    [InlineData("wo ist meine Bestellung", "de", null, "de")]
    [InlineData("wo ist meine Bestellung", "de", "en", "de")]
    [InlineData("Red Mug", "de", "en", "en")]
    [InlineData("SO 1001 1002 1003", "fr", "en", "en")]
    [InlineData("ok", "en", null, null)]
    [InlineData("Bonjour", "fr", null, "fr")]
    [InlineData("Guten Tag", "de", null, "de")]
    [InlineData("Grüner Tee", "de", "en", "en")]
    [InlineData("script alert script", "fr", "en", "en")]
    [InlineData("script alert script", "fr", null, null)]
    [InlineData("asdf jkl qwer", "de", "fr", "fr")]
    [InlineData("i want to retrun it", "de", "en", "en")]
    [InlineData("do u accept klarna", "fr", null, null)]
    [InlineData("'; drop table customers; --", "fr", "en", "en")]
    public void A_few_words_do_not_change_the_language_of_a_conversation(string text, string found, string? before, string? expected) =>
        Assert.Equal(expected, Three.Spoken(text, found, before));

    [Fact]
    public void With_one_language_there_is_nothing_to_detect() => Assert.Equal("fr", new Languages(["fr"]).Of("where is my order"));

    [Fact]
    public void All_languages_of_the_options_have_their_models()
    {
        var all = new Languages([.. Languages.Known.Keys]);

        Assert.Equal("pl", all.Of("Gdzie jest moje zamówienie, które złożyłem wczoraj?"));
        Assert.Equal("nl", all.Of("Waar is mijn bestelling die ik gisteren heb geplaatst?"));
    }
}
