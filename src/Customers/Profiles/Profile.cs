using System.Text.Json;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>A trait's value and the time of the event that set it.</summary>
internal sealed record Trait(JsonElement V, DateTimeOffset At);

/// <summary>Who a customer is: the fold of all that was said of this person, in any order of arrival. No I/O.</summary>
internal sealed record Profile(
    Guid Id,
    long Version,
    string? UserId,
    IReadOnlyDictionary<string, Trait> Traits,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt
)
{
    /// <summary>As many traits as a profile keeps. Who sends more has put into names what belongs into values, or times into either.</summary>
    public const int MostTraits = 1_000;

    public static Profile New(Guid id, DateTimeOffset at) => new(id, 0, null, new Dictionary<string, Trait>(), at, at);

    /// <summary>Somebody was seen: moves the first and last times.</summary>
    public Profile SeenAt(DateTimeOffset at) =>
        this with
        {
            FirstSeenAt = at < FirstSeenAt ? at : FirstSeenAt,
            LastSeenAt = at > LastSeenAt ? at : LastSeenAt,
        };

    /// <summary>Takes each trait whose event is newer than the one that set it; of two at the same time the greater text wins, whatever came first.</summary>
    public Profile With(JsonElement traits, DateTimeOffset at)
    {
        var merged = new Dictionary<string, Trait>(Traits);
        foreach (var property in traits.EnumerateObject())
            Take(merged, property.Name, new Trait(property.Value, at));
        return this with { Traits = Kept(merged) };
    }

    /// <summary>Folds another profile of the same person in.</summary>
    public Profile With(Profile other)
    {
        var merged = new Dictionary<string, Trait>(Traits);
        foreach (var (name, trait) in other.Traits)
            Take(merged, name, trait);
        return (this with { Traits = Kept(merged), UserId = UserId ?? other.UserId }).SeenAt(other.FirstSeenAt).SeenAt(other.LastSeenAt);
    }

    /// <returns>What the platform itself reads first, then the newest: the same in whatever order it was said.</returns>
    private static Dictionary<string, Trait> Kept(Dictionary<string, Trait> traits) =>
        traits.Count <= MostTraits
            ? traits
            : traits
                .OrderByDescending(trait => Demographics.Reads(trait.Key))
                .ThenByDescending(trait => trait.Value.At)
                .ThenBy(trait => trait.Key, StringComparer.Ordinal)
                .Take(MostTraits)
                .ToDictionary();

    private static void Take(Dictionary<string, Trait> traits, string name, Trait candidate)
    {
        if (
            !traits.TryGetValue(name, out var held)
            || candidate.At > held.At
            || (candidate.At == held.At && string.CompareOrdinal(Weight(candidate.V), Weight(held.V)) > 0)
        )
            traits[name] = candidate;
    }

    /// <summary>A text weighs the same however its letters were escaped on the wire: the database writes them out.</summary>
    private static string Weight(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
