using MarketingPlatform.Email.Words;
using Xunit;

namespace MarketingPlatform.Email.Tests.Words;

public class DraftCheckTests
{
    private static readonly ProductFact[] Facts =
    [
        new("T1", "Green Tea No. 5", "Tea", 12.5m, "EUR", true),
        new("P1", "Best Pot", "Pots", 30, "EUR", true),
        new("S1", "Scone", "Bakery", 2, "EUR", false),
    ];

    [Theory]
    [InlineData("A cup of Green Tea No. 5 for {{ customer.first_name }}?")]
    [InlineData("Green Tea No. 5 for €12.50 at {{ shop.name }}")]
    [InlineData("Grüner Tee für 12,50 €")]
    [InlineData("Your Best Pot is here")]
    public void What_the_catalogue_says_may_be_said(string text) => Assert.Empty(DraftCheck.Check(text, Facts, []));

    [Theory]
    [InlineData("Green Tea No. 5 for €9.99", "9.99")]
    [InlineData("20% off today", "20")]
    [InlineData("The best tea in town", "best")]
    [InlineData("Organic Green Tea No. 5", "organic")]
    [InlineData("Jetzt mit Rabatt", "rabatt")]
    [InlineData("Livraison gratuite", "gratuit")]
    [InlineData("Come to https://x.example", "link")]
    [InlineData("Write to a@b.example", "link")]
    [InlineData("<b>Tea</b>", "markup")]
    [InlineData("{{ customer.last_name }}", "Liquid")]
    [InlineData("{% for i in (1..9) %}x{% endfor %}", "Liquid")]
    [InlineData("Tea\r\nBcc: everyone", "control")]
    [InlineData("Try a Scone", "out of stock")]
    [InlineData("", "characters")]
    public void What_it_does_not_say_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(DraftCheck.Check(text, Facts, []), fault => fault.Contains(reason, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void A_claim_that_the_shop_stands_for_may_be_made() =>
        Assert.Empty(DraftCheck.Check("Organic Green Tea No. 5", Facts, ["organic"]));

    [Theory]
    [InlineData("""{"drafts": ["A", "B"]}""")]
    [InlineData(
        """
            Here you are:
            ```json
            {"drafts": ["A", "B"]}
            ```
            """
    )]
    public void The_drafts_are_found_in_what_a_model_says(string answer) => Assert.Equal(["A", "B"], Drafter.Read(answer));

    [Theory]
    [InlineData("I cannot help with that.")]
    [InlineData("""{"texts": []}""")]
    [InlineData("[]")]
    public void An_answer_without_drafts_is_said_to_be_one(string answer) => Assert.Throws<DrafterException>(() => Drafter.Read(answer));
}
