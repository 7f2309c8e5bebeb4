using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What the shop's server or its visitor must do before the bot can say more.</summary>
internal enum Need
{
    /// <summary>
    /// Send the message again with the <c>customerId</c> of a visitor who signed in, or give the bot an e-mail address and then the code.
    /// </summary>
    SignIn,

    /// <summary>The code that was sent by e-mail.</summary>
    Code,
    OrderNumber,
    Product,

    /// <summary>The next slot of a form, or a yes to what was asked.</summary>
    Answer,

    /// <summary>One of the choices.</summary>
    Choice,

    /// <summary>A person answers from here on.</summary>
    Human,
}

/// <summary>Who asks, as far as somebody vouches for it.</summary>
internal abstract record Visitor
{
    /// <summary>Nobody vouched: nothing private is known here, so nothing private can be told.</summary>
    public sealed record Stranger : Visitor;

    /// <param name="Orders">The person's own, newest first.</param>
    public sealed record Known(IReadOnlyList<KnownOrder> Orders) : Visitor;
}

/// <summary>A message with all that its answer depends on.</summary>
/// <param name="Search">What the message looks for, where it looks for a product.</param>
/// <param name="Found">What the catalogue holds of it.</param>
/// <param name="Knowledge">What the articles say to the message; null where nobody asked them.</param>
internal sealed record Turn(
    string Text,
    Understood Understood,
    DialogueState State,
    Visitor Visitor,
    CatalogueSearch Search,
    Findings Found,
    KnowledgeAnswer? Knowledge,
    Script Script,
    ShopFacts Shop
)
{
    public IReadOnlyList<FoundProduct> Products => Found.Products;

    public IReadOnlyList<KnownOrder> Orders => Visitor is Visitor.Known known ? known.Orders : [];

    /// <summary>A sentence of the machinery with its placeholders filled.</summary>
    public string Says(string name, params ReadOnlySpan<(string Name, string Value)> values) =>
        Phrases.Fill(Script.Says[name], this, values);

    /// <summary>Whether the classifier is sure of an intent that the bot has.</summary>
    public ScriptIntent? Sure => Understood.IsSure ? Script.Intent(Understood.Intent) : null;
}

/// <summary>What the bot says of the shop itself.</summary>
/// <param name="Currency">ISO 4217.</param>
internal sealed record ShopFacts(string Name, Uri SiteUrl, TimeZoneInfo Zone, string Currency = "EUR");
