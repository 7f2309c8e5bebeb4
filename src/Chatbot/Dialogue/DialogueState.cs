using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>A value that a slot holds.</summary>
/// <param name="Value">An order's or product's id, an option, or the words.</param>
/// <param name="Shown">As people call it.</param>
internal sealed record SlotValue(string Value, string Shown);

/// <summary>A form on its way, or the last one that was completed.</summary>
/// <param name="Said">The message that began it: read again once its visitor is known.</param>
/// <param name="Asking">The slot that was asked for last; null where the form waits for something else.</param>
/// <param name="Last">The slot that was filled last: the first that a correction is tried on.</param>
/// <param name="Confirming">All slots are filled, and "yes" does it.</param>
/// <param name="Misses">How often in a row an answer did not fit.</param>
internal sealed record FormState(
    string Intent,
    string Said,
    IReadOnlyDictionary<string, SlotValue> Slots,
    string? Asking = null,
    string? Last = null,
    bool Confirming = false,
    int Misses = 0
)
{
    public static FormState Of(string intent, string said) => new(intent, said, new Dictionary<string, SlotValue>());

    public FormState With(string slot, SlotValue value) =>
        this with
        {
            Slots = new Dictionary<string, SlotValue>(Slots) { [slot] = value },
            Last = slot,
            Misses = 0,
        };

    public FormState Without(IEnumerable<string> slots) =>
        this with
        {
            Slots = Slots.Where(slot => !slots.Contains(slot.Key)).ToDictionary(slot => slot.Key, slot => slot.Value),
        };
}

/// <param name="CodeSent">False while the address is asked for, true while the code is.</param>
internal sealed record SignInState(bool CodeSent, string? Address, int Misses = 0);

/// <summary>Where somebody is who was not understood: first suggestions, then other words, then a person.</summary>
/// <param name="Text">What was not understood at first, kept with <paramref name="Ranking"/>: a person sees what the bot thought.</param>
/// <param name="Suggested">Intents that were offered; empty once the visitor was asked for other words.</param>
internal sealed record Misunderstanding(string Text, IReadOnlyList<RankedIntent> Ranking, IReadOnlyList<string> Suggested);

/// <summary>A question that was understood and is not answered yet.</summary>
internal sealed record LaterQuestion(string Text, string Intent);

/// <summary>All that a conversation remembers between two messages; kept as JSON with the conversation.</summary>
internal sealed record DialogueState
{
    public static readonly DialogueState Start = new();

    /// <summary>ISO 639-1: what the visitor was last heard to speak; null before a sentence that was long enough to tell.</summary>
    public string? Language { get; init; }

    public FormState? Form { get; init; }

    /// <summary>Forms that something else came between, the innermost first.</summary>
    public IReadOnlyList<FormState> Interrupted { get; init; } = [];

    /// <summary>The form that was completed last: "no, the other one" goes on with it.</summary>
    public FormState? Done { get; init; }

    public SignInState? SignIn { get; init; }

    /// <summary>Questions of a message that wait until what goes on is done, the next one first.</summary>
    public IReadOnlyList<LaterQuestion> Later { get; init; } = [];

    public Misunderstanding? Misunderstanding { get; init; }

    /// <summary>The order that was spoken of last: what "it" means.</summary>
    public string? OrderId { get; init; }

    /// <summary>Products that were shown last.</summary>
    public IReadOnlyList<FoundProduct> Shown { get; init; } = [];

    /// <summary>What the products that were shown last were found by; of a recommendation, their categories.</summary>
    public Sought? Sought { get; init; }
}
