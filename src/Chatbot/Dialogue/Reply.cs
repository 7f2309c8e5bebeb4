using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What the bot says to a message.</summary>
/// <param name="Intent">What was acted on; <see cref="Intents.Fallback"/> where nothing was understood.</param>
/// <param name="Awaiting">What the next message is expected to hold.</param>
internal sealed record Reply(
    string Text,
    string Intent,
    Awaiting Awaiting = Awaiting.Nothing,
    Need? Needs = null,
    IReadOnlyList<FoundProduct>? Products = null,
    KnownOrder? Order = null
)
{
    /// <summary>Whether the answer to this message needs a look into the catalogue.</summary>
    public static bool LooksForProducts(string text, Understood understood, Awaiting awaiting) =>
        IntentOf(text, understood, awaiting) == Intents.ProductSearch;

    /// <summary>Decides the answer. No I/O; the same turn has the same answer.</summary>
    public static Reply Decide(Turn turn) =>
        IntentOf(turn.Text, turn.Understood, turn.Awaiting) switch
        {
            Intents.Greeting => new Reply(
                $"Hello! I am the automatic assistant of {turn.Shop.Name}. {Phrases.WhatICanDo}",
                Intents.Greeting
            ),
            Intents.Thanks => new Reply("You are welcome. Write again whenever you need something.", Intents.Thanks),
            Intents.Handoff => new Reply(
                $"I am an automatic assistant and cannot put you through from here. You reach the people of {turn.Shop.Name} at {Phrases.Site(turn.Shop)}.",
                Intents.Handoff,
                Needs: Need.Human
            ),
            Intents.OrderStatus => OrderReplies.Status(turn),
            Intents.Returns => OrderReplies.Return(turn),
            Intents.ProductSearch => ProductReplies.Found(turn),
            _ => new Reply($"I am sorry, I did not understand that. {Phrases.WhatICanDo}", Intents.Fallback),
        };

    /// <summary>What the classifier is sure of; else what the question before makes of a short answer; else nothing.</summary>
    private static string IntentOf(string text, Understood understood, Awaiting awaiting)
    {
        // "1001" means an order, whether or not one was asked for: no classifier can know the shop's numbers.
        if (OrderMention.IsOnlyNumber(text))
        {
            return Intents.OrderStatus;
        }
        if (understood.IsSure)
        {
            return understood.Intent;
        }
        return awaiting switch
        {
            Awaiting.Product when ProductSearch.Terms(text).Count > 0 => Intents.ProductSearch,
            Awaiting.OrderNumber when OrderMention.Read(text, []) is { NamesAnother: true } or { Latest: true } => Intents.OrderStatus,
            _ => Intents.Fallback,
        };
    }
}
