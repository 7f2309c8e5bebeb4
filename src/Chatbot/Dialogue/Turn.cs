using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What the bot asked for in its last answer.</summary>
internal enum Awaiting
{
    Nothing,
    OrderNumber,
    Product,
}

/// <summary>What the shop's server or its visitor must do before the bot can say more.</summary>
internal enum Need
{
    /// <summary>Send the message again with the <c>customerId</c> of a visitor who signed in.</summary>
    SignIn,
    OrderNumber,
    Product,
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
/// <param name="Products">What the catalogue holds of the words in the message; empty unless <see cref="Reply.LooksForProducts"/>.</param>
internal sealed record Turn(
    string Text,
    Understood Understood,
    Awaiting Awaiting,
    Visitor Visitor,
    IReadOnlyList<FoundProduct> Products,
    ShopFacts Shop
);

/// <summary>What the bot says of the shop itself.</summary>
internal sealed record ShopFacts(string Name, Uri SiteUrl, TimeZoneInfo Zone);
