using System.Collections.Immutable;
using System.Text.Json;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>One customer's way through an automation.</summary>
/// <param name="Key">What it is about (a cart's id); empty for journeys of a customer.</param>
/// <param name="Generation">From 1; grows where a customer enters again with the same key.</param>
/// <param name="TriggeredAt">When the event happened that began it.</param>
/// <param name="Data">Of that event.</param>
internal sealed record Journey(
    Guid Id,
    string Automation,
    int Version,
    Guid CustomerId,
    string Key,
    int Generation,
    DateTimeOffset EnteredAt,
    DateTimeOffset TriggeredAt,
    JsonElement Data,
    string? TraceParent
)
{
    /// <value>The step at which it waits; null where it does not.</value>
    public string? Node { get; init; }

    public DateTimeOffset? NodeAt { get; init; }

    /// <value>When the step's time is over.</value>
    public DateTimeOffset? WakeAt { get; init; }

    /// <value>Null while it is under way; then <c>finished</c>, <c>goal</c>, <c>held-out</c>, or why it was left.</value>
    public string? Outcome { get; init; }

    /// <value>How often each sending step was reached: in a loop each round is a mail of its own.</value>
    public ImmutableSortedDictionary<string, int> Visits { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <value>Arm by experiment or split.</value>
    public ImmutableSortedDictionary<string, string> Arms { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What splits by chance hash: the same for the same customer, cart and round, on every machine and in a simulation.</summary>
    public string Unit => Generation == 1 ? $"{CustomerId:N}/{Key}" : $"{CustomerId:N}/{Key}/{Generation}";
}

/// <summary>How journeys end, apart from reasons that authors give.</summary>
internal static class Outcomes
{
    public const string Finished = "finished";
    public const string Goal = "goal";
    public const string HeldOut = "held-out";
    public const string Exit = "exit";

    /// <summary>A new version has no place for it.</summary>
    public const string Removed = "step-removed";
}

/// <summary>What a step wants done in the world. Each is done once: it is written down in the transaction of the step.</summary>
/// <param name="Node">The step.</param>
internal abstract record Effect(string Node)
{
    /// <param name="Occurrence">Under which a person gets this automation's mail once.</param>
    public sealed record SendMail(string Node, string Template, string Occurrence) : Effect(Node);

    /// <param name="Value">JSON.</param>
    public sealed record SetTrait(string Node, string Name, string Value) : Effect(Node);

    public sealed record CallWebHook(string Node, Uri Url) : Effect(Node);

    public sealed record ChangeAudience(string Node, string Audience, bool Adds) : Effect(Node);

    public sealed record AskForHandoff(string Node, string Reason) : Effect(Node);

    /// <param name="Segments">In which the customer is at this moment.</param>
    public sealed record Expose(string Node, string Experiment, string Arm, IReadOnlyList<string> Segments) : Effect(Node);
}

/// <summary>One line of a journey's story.</summary>
/// <param name="Kind">Of the step, or of a gate: entry, hold-out, goal, exit.</param>
/// <param name="Result">What came of it ("yes", "waits", "mail").</param>
/// <param name="Detail">What was seen.</param>
internal sealed record TraceLine(string Node, string Kind, string Result, string? Detail);

/// <summary>What a step made of a journey.</summary>
internal sealed record Transition(Journey Journey, IReadOnlyList<Effect> Effects, IReadOnlyList<TraceLine> Trace)
{
    public bool IsChange => Trace.Count > 0;

    public static Transition None(Journey journey) => new(journey, [], []);
}
