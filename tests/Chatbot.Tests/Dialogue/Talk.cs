using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

/// <summary>A conversation without a service: what is said, by whom, and what the classifier would make of it.</summary>
internal sealed class Talk(Visitor visitor, Script? script = null)
{
    public static readonly ShopFacts Shop = new("Tea House", new Uri("https://tea.example/"), TimeZoneInfo.Utc);
    public static readonly Visitor Stranger = new Visitor.Stranger();

    private readonly Script script = script ?? Script.Standard;

    public DialogueState State { get; private set; } = DialogueState.Start;

    public Visitor Visitor { get; set; } = visitor;

    public IReadOnlyList<FoundProduct> Catalogue { get; set; } = [];

    /// <summary>What the articles say to each part of a message of several questions.</summary>
    public KnowledgeAnswer? Article { get; set; }

    public static Visitor Customer(params KnownOrder[] orders) => new Visitor.Known(orders);

    public static KnownOrder Order(string id, int day, params string[] items) =>
        new(
            id,
            new DateTimeOffset(2026, 10, day, 12, 0, 0, TimeSpan.Zero),
            23.5m,
            "EUR",
            0,
            null,
            [.. items.Select((name, n) => new KnownLine($"P{n}", name, 1))]
        );

    /// <param name="intent">What the classifier is sure of; null: of nothing.</param>
    public Reply Says(string text, string? intent = null, KnowledgeAnswer? article = null, params RankedIntent[] ranking) =>
        Remember(Decision.Decide(Turn(text, intent, article, ranking)));

    /// <summary>A message of several questions, each with what the classifier is sure of.</summary>
    public Reply? Asks(params (string Text, string Intent)[] parts) =>
        SeveralQuestions.Decide([.. parts.Select(part => Turn(part.Text, part.Intent, Article))]) is { } reply ? Remember(reply) : null;

    private Turn Turn(string text, string? intent, KnowledgeAnswer? article, params RankedIntent[] ranking)
    {
        var entities = new CatalogueNames(Catalogue.Select(product => (product.ProductId, product.Name)), []).Find(text);
        var understood = intent is null
            ? new Understood("en", ranking, 0.1, false, entities, "v1")
            : new Understood("en", [new RankedIntent(intent, 0.9)], 0.9, true, entities, "v1");
        var search = DialogueSearch
            .Of(text, State, script, Shop.Currency)
            .In(new CatalogueWords(Catalogue.Select(product => product.Name)));
        FoundProduct[] found =
        [
            .. Catalogue.Where(p => search.Price.Holds(p) && search.Terms.Any(t => p.Name.Contains(t, StringComparison.OrdinalIgnoreCase))),
        ];
        return new(text, understood, State, Visitor, search, new(found, null, []), article, script, Shop);
    }

    private Reply Remember(Reply reply)
    {
        State = reply.State;
        return reply;
    }

    /// <summary>The code was right: the visitor is known from here on.</summary>
    public Reply Proves(Visitor known)
    {
        Visitor = known;
        var reply = Decision.AfterSignIn(
            new Turn(
                "123456",
                new Understood("en", [], 0, false, [], "v1"),
                State,
                known,
                CatalogueSearch.Nothing,
                Findings.Nothing,
                null,
                script,
                Shop
            )
        );
        State = reply.State;
        return reply;
    }
}
