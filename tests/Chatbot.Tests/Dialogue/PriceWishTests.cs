using System.Globalization;
using MarketingPlatform.Chatbot.Dialogue;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class PriceWishTests
{
    [Theory]
    [InlineData("en", "no, something cheaper", nameof(PriceRelation.Cheaper))]
    [InlineData("en", "that is too expensive", nameof(PriceRelation.Cheaper))]
    [InlineData("en", "anything more expensive?", nameof(PriceRelation.Dearer))]
    [InlineData("en", "the most expensive one", nameof(PriceRelation.Dearest))]
    [InlineData("en", "your least expensive tea", nameof(PriceRelation.Cheapest))]
    [InlineData("de", "etwas Billigeres bitte", nameof(PriceRelation.Cheaper))]
    [InlineData("de", "geht es auch günstiger?", nameof(PriceRelation.Cheaper))]
    [InlineData("de", "das teuerste", nameof(PriceRelation.Dearest))]
    [InlineData("fr", "quelque chose de moins cher", nameof(PriceRelation.Cheaper))]
    [InlineData("fr", "le moins cher", nameof(PriceRelation.Cheapest))]
    [InlineData("fr", "c'est trop cher", nameof(PriceRelation.Cheaper))]
    [InlineData("fr", "les plus chères", nameof(PriceRelation.Dearest))]
    public void A_price_can_be_spoken_of_by_comparison(string language, string text, string relation) =>
        Assert.Equal(relation, Read(text, language)?.Relation.ToString());

    [Theory]
    [InlineData("en", "something under 20 euros", null, 20.0, "EUR")]
    [InlineData("en", "under 20", null, 20.0, null)]
    [InlineData("en", "a gift, 20 euros max", null, 20.0, "EUR")]
    [InlineData("en", "less than $19.90", null, 19.9, "USD")]
    [InlineData("en", "over 10 but not more than 20 euros", 10.0, 20.0, "EUR")]
    [InlineData("en", "between 10 and 20", 10.0, 20.0, null)]
    [InlineData("en", "10-20€", 10.0, 20.0, "EUR")]
    [InlineData("en", "cheaper than 15 euros", null, 15.0, "EUR")]
    [InlineData("en", "3 teas for under 20 euros", null, 20.0, "EUR")]
    [InlineData("de", "unter 12,50 Euro", null, 12.5, "EUR")]
    [InlineData("de", "zwischen 10 und 20 Euro", 10.0, 20.0, "EUR")]
    [InlineData("de", "mindestens 50 €", 50.0, null, "EUR")]
    [InlineData("fr", "moins de 20 euros", null, 20.0, "EUR")]
    [InlineData("fr", "entre 10 et 20 euros", 10.0, 20.0, "EUR")]
    public void Or_by_amounts(string language, string text, double? least, double? most, string? currency)
    {
        var wish = Read(text, language)!;

        Assert.Equal((PriceRelation.None, false), (wish.Relation, wish.IsPlain));
        Assert.Equal(((decimal?)least, (decimal?)most, currency), (wish.Least, wish.Most, wish.Currency));
    }

    [Theory]
    [InlineData("where is order 1001")]
    [InlineData("more than that")]
    [InlineData("I ordered 3 of them over 2 weeks ago")]
    [InlineData("from Berlin")]
    [InlineData("order under SO-1001")]
    [InlineData("amountmark7")]
    public void Numbers_and_bounds_alone_are_no_price(string text) => Assert.Null(Read(text, "en"));

    [Theory]
    [InlineData("en", "tea for 20", 20.0)]
    [InlineData("en", "tea for about 20 please", 20.0)]
    [InlineData("de", "Tee für 20", 20.0)]
    [InlineData("fr", "du thé pour 20", 20.0)]
    public void A_number_that_counts_nothing_may_be_a_price_where_something_is_looked_for(string language, string text, double most)
    {
        var wish = Read(text, language)!;

        Assert.Equal(((decimal?)most, true, true), (wish.Most, wish.IsPlain, wish.IsSupposed));
        Assert.Null(Read("tea for 20 people", "en"));
    }

    [Theory]
    [InlineData("cheaper than 25", null, 25.0)]
    [InlineData("more expensive than 25", 25.0, null)]
    public void What_is_compared_with_a_number_is_a_price(string text, double? least, double? most)
    {
        var wish = Read(text, "en")!;

        Assert.Equal(((decimal?)least, (decimal?)most, PriceRelation.None), (wish.Least, wish.Most, wish.Relation));
    }

    [Theory]
    [InlineData("and 30?", nameof(PriceContext.Amounts), true)]
    [InlineData("30", nameof(PriceContext.Products), false)]
    [InlineData("for 30", nameof(PriceContext.Products), true)]
    [InlineData("what about 30 euros", nameof(PriceContext.Products), true)]
    [InlineData("for 30", nameof(PriceContext.None), false)]
    [InlineData("30 people came", nameof(PriceContext.Amounts), false)]
    public void An_amount_alone_goes_on_from_what_was_said_before(string text, string before, bool isWish)
    {
        var wish = PriceWish.Read(text, Script.Standard.Words.Price, "EUR", "en", Enum.Parse<PriceContext>(before));

        Assert.Equal(isWish, wish is { Most: 30, IsPlain: false });
    }

    [Fact]
    public void An_amount_that_nothing_bounds_is_only_plain_and_what_is_left_are_the_other_words()
    {
        Assert.True(Read("I paid 20 euros", "en")!.IsPlain);
        Assert.Equal(["green", "tea", "with", "3", "bags"], Read("green tea under 20 euros with 3 bags", "en")!.Rest);
    }

    [Theory]
    [InlineData("Tee unter 1.000,50 €", 1000.5)]
    public void Cents_and_thousands_are_read_as_the_rest_of_the_bot_does(string text, double most) =>
        Assert.Equal(
            most.ToString(CultureInfo.InvariantCulture),
            Read(text, "de")!.Most!.Value.ToString("0.#", CultureInfo.InvariantCulture)
        );

    private static PriceWish? Read(string text, string language) =>
        PriceWish.Read(text, Script.StandardIn(language).Words.Price, "EUR", language);
}
