using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Words;
using Xunit;

namespace MarketingPlatform.Email.Tests.Words;

public class WordAssemblyTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr")]
    public void The_starter_words_make_variants_for_every_motive(string locale)
    {
        foreach (var angle in Enum.GetValues<WordAngle>())
        {
            var variants = WordAssembly.Assemble(WordElement.Starters, angle, locale, 3);
            Assert.Equal(3, variants.Count);
            Assert.Equal(3, variants.Select(variant => string.Join('|', variant.Elements)).Distinct().Count());
            Assert.All(variants, variant => Assert.Equal((angle, locale), (variant.Angle, variant.Locale)));
        }
    }

    [Fact]
    public void All_combinations_come_before_any_comes_again()
    {
        // 2 subjects, 2 greetings, 1 angle, 2 calls to action.
        Assert.Equal(8, WordAssembly.Assemble(WordElement.Starters, WordAngle.Price, "en", 20).Count);
    }

    [Fact]
    public void The_second_variant_differs_wherever_it_can()
    {
        var variants = WordAssembly.Assemble(WordElement.Starters, WordAngle.Novelty, "en", 2);
        Assert.Equal(3, variants[0].Elements.Zip(variants[1].Elements).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void Words_that_nobody_approved_are_not_used()
    {
        WordElement[] library =
        [
            .. WordElement.Starters,
            new("aaa", WordKind.Subject, WordAngle.Price, "en", "Proposed", "proposed", "drafter"),
            new("aab", WordKind.Subject, WordAngle.Price, "en", "Rejected", "rejected", "drafter"),
        ];
        Assert.DoesNotContain(
            WordAssembly.Assemble(library, WordAngle.Price, "en", 20),
            variant => variant.Words["subject"] is "Proposed" or "Rejected"
        );
    }

    [Theory]
    [InlineData("de-AT", "de")]
    [InlineData("ja", "en")]
    public void A_locale_without_words_falls_back(string locale, string used) =>
        Assert.Equal(used, WordAssembly.Assemble(WordElement.Starters, WordAngle.Price, locale, 1)[0].Locale);

    [Fact]
    public void A_segment_is_moved_by_its_motive_and_the_shop_knows_better()
    {
        Assert.Equal(WordAngle.Price, WordAssembly.MotiveOf("lapsed", new Dictionary<string, WordAngle>()));
        Assert.Equal(
            WordAngle.Occasion,
            WordAssembly.MotiveOf("lapsed", new Dictionary<string, WordAngle> { ["lapsed"] = WordAngle.Occasion })
        );
        Assert.Equal(WordAngle.Novelty, WordAssembly.MotiveOf("never-heard-of", new Dictionary<string, WordAngle>()));
    }

    [Fact]
    public void A_variant_is_words_of_a_starter_template()
    {
        var variant = WordAssembly.Assemble(WordElement.Starters, WordAngle.Reassurance, "de", 1)[0];
        var starter = StarterTemplates.All["recommendations"];
        var words = starter.Words!.ToDictionary(locale => locale.Key, locale => locale.Value);
        words["de"] = words["de"].Concat(variant.Words).GroupBy(word => word.Key).ToDictionary(word => word.Key, word => word.Last().Value);
        var templates = new MailTemplates();
        templates.Use(new Dictionary<string, TemplateContent> { ["recommendations"] = starter with { Words = words } });

        var mail = templates.Render("recommendations", SampleModel.For(new()) with { Language = "de" });

        Assert.Contains("Lassen Sie sich Zeit.", mail.Text);
        Assert.Contains(" Ada", mail.Text);
    }
}
