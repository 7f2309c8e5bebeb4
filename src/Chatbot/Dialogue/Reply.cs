using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What must still be done, with the database or another service, before the reply is whole.</summary>
internal abstract record Act
{
    /// <summary>Sends a code to the address, if it is a customer's.</summary>
    public sealed record SendCode(string Address) : Act;

    /// <summary>Looks whether this is the code; then the form that waited goes on.</summary>
    public sealed record CheckCode(string Code) : Act;

    /// <summary>Asks Recommendation.</summary>
    public sealed record Recommend : Act;

    /// <summary>A person takes over.</summary>
    /// <param name="Reason">asked, not-understood, form-stuck, return, or automation (whose reason is the slot why).</param>
    public sealed record HandOver(string Reason, IReadOnlyDictionary<string, SlotValue> Slots) : Act;
}

/// <summary>What the bot says to a message.</summary>
/// <param name="Intent">What was acted on; <see cref="Understanding.Intents.Fallback"/> where nothing was understood.</param>
/// <param name="State">What the conversation remembers from here on.</param>
/// <param name="Choices">What the visitor may answer by a press.</param>
/// <param name="Citations">The articles that the text rests on.</param>
internal sealed record Reply(
    string Text,
    string Intent,
    DialogueState State,
    Need? Needs = null,
    IReadOnlyList<FoundProduct>? Products = null,
    KnownOrder? Order = null,
    IReadOnlyList<string>? Choices = null,
    IReadOnlyList<Passage>? Citations = null,
    Act? Act = null
)
{
    /// <summary>Said after what an <see cref="Act"/> has yet to put into the text.</summary>
    public string Behind { get; init; } = "";

    public Reply Before(string? text) =>
        string.IsNullOrEmpty(text) ? this : this with { Text = Text.Length == 0 ? text : $"{text} {Text}" };
}
