using CsCheck;
using MarketingPlatform.Chatbot.Understanding.Entities;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding.Entities;

public sealed class EntityFinderTests
{
    // A Thursday.
    private static readonly DateOnly Today = new(2026, 10, 1);

    private static readonly CatalogueNames Names = new(
        [("p1", "Green Tea"), ("p2", "Green Tea Jasmine"), ("p3", "Chrysanthemum"), ("p4", "Mug")],
        ["Teapots", "Tea"]
    );

    private static readonly string[] Pieces =
    [
        "order",
        "#12",
        "green",
        "tea",
        "jasmine",
        "5",
        "€",
        "€5",
        "a@b.de",
        "today",
        "2026-01-01",
        "mug",
        "10001",
        "\u200b",
        "שלום",
    ];

    [Theory]
    [InlineData("where is #1001", nameof(EntityKind.OrderId), "1001")]
    [InlineData("order number: so-77", nameof(EntityKind.OrderId), "SO-77")]
    [InlineData("what about SO-4711?", nameof(EntityKind.OrderId), "SO-4711")]
    [InlineData("it is 100234", nameof(EntityKind.OrderId), "100234")]
    [InlineData("write to Ada.L@Shop.example.", nameof(EntityKind.Email), "ada.l@shop.example")]
    [InlineData("I paid 12,50 €", nameof(EntityKind.Money), "12.50 EUR")]
    [InlineData("under $1,200", nameof(EntityKind.Money), "1200.00 USD")]
    [InlineData("1.234,56 euros", nameof(EntityKind.Money), "1234.56 EUR")]
    [InlineData("for 20 pounds", nameof(EntityKind.Money), "20.00 GBP")]
    [InlineData("I ordered yesterday", nameof(EntityKind.Date), "2026-09-30")]
    [InlineData("since last friday", nameof(EntityKind.Date), "2026-09-25")]
    [InlineData("will it come on Friday", nameof(EntityKind.Date), "2026-10-02")]
    [InlineData("2 weeks ago", nameof(EntityKind.Date), "2026-09-17")]
    [InlineData("on 24.12.2026", nameof(EntityKind.Date), "2026-12-24")]
    [InlineData("2026-02-28", nameof(EntityKind.Date), "2026-02-28")]
    [InlineData("the 3rd of March", nameof(EntityKind.Date), "2026-03-03")]
    [InlineData("December 24, 2025", nameof(EntityKind.Date), "2025-12-24")]
    [InlineData("do you have green tea", nameof(EntityKind.Product), "p1")]
    [InlineData("GREEN TEA JASMINE please", nameof(EntityKind.Product), "p2")]
    [InlineData("gren tea", nameof(EntityKind.Product), "p1")]
    [InlineData("any chrysantemum left", nameof(EntityKind.Product), "p3")]
    [InlineData("two mugs", nameof(EntityKind.Product), "p4")]
    [InlineData("show me a teapto", nameof(EntityKind.Category), "Teapots")]
    public void What_is_named_is_found(string text, string kind, string value)
    {
        var entity = Assert.Single(Find(text));

        Assert.Equal((kind, value), (entity.Kind.ToString(), entity.Value));
        Assert.Equal(entity.Text, text.Substring(entity.Start, entity.Text.Length));
    }

    [Theory]
    [InlineData("de", "ich habe gestern bestellt", "2026-09-30")]
    [InlineData("de", "seit letzten Freitag", "2026-09-25")]
    [InlineData("de", "kommt es am Freitag", "2026-10-02")]
    [InlineData("de", "vor 2 Wochen", "2026-09-17")]
    [InlineData("de", "am 3. März", "2026-03-03")]
    [InlineData("de", "24. Dezember 2025", "2025-12-24")]
    [InlineData("fr", "j'ai commandé hier", "2026-09-30")]
    [InlineData("fr", "depuis vendredi dernier", "2026-09-25")]
    [InlineData("fr", "il y a 3 jours", "2026-09-28")]
    [InlineData("fr", "le 1er mai 2025", "2025-05-01")]
    [InlineData("es", "lo pedí ayer", "2026-09-30")]
    [InlineData("es", "el 3 de marzo de 2025", "2025-03-03")]
    [InlineData("es", "hace 2 semanas", "2026-09-17")]
    [InlineData("it", "3 giorni fa", "2026-09-28")]
    [InlineData("it", "venerdì scorso", "2026-09-25")]
    [InlineData("nl", "2 weken geleden", "2026-09-17")]
    [InlineData("nl", "vorige vrijdag", "2026-09-25")]
    [InlineData("pt", "há 2 semanas", "2026-09-17")]
    [InlineData("pt", "na sexta-feira", "2026-10-02")]
    [InlineData("pl", "3 dni temu", "2026-09-28")]
    [InlineData("pl", "24 grudnia 2025", "2025-12-24")]
    [InlineData("pl", "w zeszły piątek", "2026-09-25")]
    public void A_day_is_understood_in_the_language_of_the_message(string language, string text, string day)
    {
        var entity = Assert.Single(EntityFinder.Find(text, new CatalogueNames([], []), Today, "EUR", language));

        Assert.Equal((EntityKind.Date, day), (entity.Kind, entity.Value));
    }

    [Theory]
    [InlineData("de", "ist hier jemand")]
    [InlineData("de", "guten Morgen")]
    [InlineData("en", "a good morning")]
    [InlineData("en", "is it in the Black Friday sale")]
    [InlineData("pt", "a segunda vez")]
    public void What_is_a_day_in_another_language_or_sense_is_not_one(string language, string text) =>
        Assert.Empty(EntityFinder.Find(text, new CatalogueNames([], []), Today, "EUR", language));

    [Theory]
    [InlineData("wo ist Bestellung 77", "77")]
    [InlineData("ma commande numéro 42-a", "42-A")]
    public void An_order_is_named_in_other_languages_too(string text, string id)
    {
        var entity = Assert.Single(Find(text));

        Assert.Equal((EntityKind.OrderId, id), (entity.Kind, entity.Value));
    }

    [Theory]
    [InlineData("where is my order")]
    [InlineData("31.02.2026")]
    [InlineData("I like rugs")]
    [InlineData("hello @ home")]
    [InlineData("")]
    [InlineData("🎉")]
    public void What_is_not_named_is_not(string text) => Assert.Empty(Find(text));

    [Fact]
    public void Many_things_in_one_message_keep_their_order() =>
        Assert.Equal(
            [EntityKind.OrderId, EntityKind.Date, EntityKind.Product, EntityKind.Money, EntityKind.Email],
            Find("order SO-1001 of yesterday, the green tea for 9.90 EUR, mail me at a@b.example").Select(e => e.Kind)
        );

    [Fact]
    public void Entities_never_overlap_and_lie_in_the_text() =>
        Gen.Int[0, Pieces.Length - 1]
            .Select(i => Pieces[i])
            .Array[0, 12]
            .Sample(words =>
            {
                var text = string.Join(' ', words);
                var end = 0;
                foreach (var entity in Find(text))
                {
                    Assert.True(entity.Start >= end);
                    end = entity.Start + entity.Text.Length;
                    Assert.Equal(entity.Text, text[entity.Start..end]);
                }
            });

    [Theory]
    [InlineData("jasmine", "jasmin", 1)]
    [InlineData("jasmine", "jsamine", 1)]
    [InlineData("jasmine", "yasnine", 2)]
    [InlineData("tea", "tea", 0)]
    public void Distance_counts_edits(string a, string b, int expected) => Assert.Equal(expected, CatalogueNames.Distance(a, b, 3));

    [Fact]
    public void A_hundred_kilobytes_are_read_quickly()
    {
        var started = TimeProvider.System.GetTimestamp();
        foreach (var piece in new[] { "1", "a", "#", "order ", "a@", "1.1,", "€", "may 1 " })
            Find(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)));

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
    }

    private static IReadOnlyList<Entity> Find(string text) => EntityFinder.Find(text, Names, Today, "EUR");
}
