using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>What must be true of a customer, or of an event, for a way to be taken.</summary>
internal abstract record Condition
{
    private Condition() { }

    public sealed record All(IReadOnlyList<Condition> Parts) : Condition;

    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition;

    public sealed record Not(Condition Part) : Condition;

    public sealed record InSegment(string Segment) : Condition;

    /// <summary>Whether the newest word on marketing mail is a yes.</summary>
    public sealed record Consent(bool Granted) : Condition;

    public sealed record Trait(string Name, Comparison Test) : Condition;

    /// <summary>A value of the event: the one looked at, or the one that began the journey.</summary>
    public sealed record Data(string Path, Comparison Test) : Condition;

    /// <summary>How often something happened.</summary>
    /// <param name="Within">Null: ever, as far as is known.</param>
    public sealed record Did(string Event, TimeSpan? Within, int AtLeast) : Condition;

    /// <param name="Value">JSON: a text, number, yes or no; a list for <c>in</c>.</param>
    internal sealed record Comparison(string Operator, string Value);

    public static readonly IReadOnlyList<string> Operators = ["is", "is-not", "in", "at-least", "at-most", "contains", "exists"];

    /// <summary>Names of events that the answer depends on.</summary>
    public IEnumerable<string> Events =>
        this switch
        {
            All all => all.Parts.SelectMany(part => part.Events),
            Any any => any.Parts.SelectMany(part => part.Events),
            Not not => not.Part.Events,
            Did did => [did.Event],
            InSegment => [EventNames.SegmentEntered, EventNames.SegmentLeft],
            Trait => [EventNames.ProfileChanged],
            Consent => [EventNames.ConsentChanged],
            _ => [],
        };

    public bool Holds(Facts facts, JsonElement data, DateTimeOffset now) =>
        this switch
        {
            All all => all.Parts.All(part => part.Holds(facts, data, now)),
            Any any => any.Parts.Any(part => part.Holds(facts, data, now)),
            Not not => !not.Part.Holds(facts, data, now),
            InSegment segment => facts.Segments.Contains(segment.Segment),
            Consent consent => (facts.Consent == true) == consent.Granted,
            Trait trait => Passes(trait.Test, facts.Traits.GetValueOrDefault(trait.Name)),
            Data value => Passes(value.Test, JsonPath.Find(data, value.Path)),
            Did did => facts.Count(did.Event, did.Within is { } within ? now - within : DateTimeOffset.MinValue, now) >= did.AtLeast,
            _ => throw new InvalidOperationException("An unknown condition."),
        };

    /// <returns>What was looked at and seen, for the story of a decision ("segment vip: no").</returns>
    public string Observed(Facts facts, JsonElement data, DateTimeOffset now) =>
        this switch
        {
            All all => string.Join(", ", all.Parts.Select(part => part.Observed(facts, data, now))),
            Any any => string.Join(" or ", any.Parts.Select(part => part.Observed(facts, data, now))),
            Not not => not.Part.Observed(facts, data, now),
            InSegment segment => $"segment {segment.Segment}: {(Holds(facts, data, now) ? "yes" : "no")}",
            Consent => $"consent: {(facts.Consent is null ? "never asked" : facts.Consent.Value ? "yes" : "no")}",
            Trait trait => $"trait {trait.Name}: {Show(facts.Traits.GetValueOrDefault(trait.Name))}",
            Data value => $"{value.Path}: {Show(JsonPath.Find(data, value.Path))}",
            Did did => string.Create(
                CultureInfo.InvariantCulture,
                $"{did.Event}: {facts.Count(did.Event, did.Within is { } within ? now - within : DateTimeOffset.MinValue, now)} times"
            ),
            _ => "",
        };

    private static bool Passes(Comparison test, JsonElement value)
    {
        var isThere = value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
        using var document = JsonDocument.Parse(test.Value);
        var asked = document.RootElement;
        return test.Operator switch
        {
            "exists" => isThere == (asked.ValueKind == JsonValueKind.True),
            "is" => isThere && Same(value, asked),
            "is-not" => !isThere || !Same(value, asked),
            "in" => isThere && asked.EnumerateArray().Any(one => Same(value, one)),
            "at-least" => Order(value, asked) is >= 0,
            "at-most" => Order(value, asked) is <= 0,
            "contains" => isThere
                && (
                    value.ValueKind == JsonValueKind.Array
                        ? value.EnumerateArray().Any(one => Same(one, asked))
                        : Show(value).Contains(Show(asked), StringComparison.OrdinalIgnoreCase)
                ),
            _ => false,
        };
    }

    private static bool Same(JsonElement a, JsonElement b) =>
        Number(a) is { } x && Number(b) is { } y ? x == y : string.Equals(Show(a), Show(b), StringComparison.OrdinalIgnoreCase);

    private static int? Order(JsonElement a, JsonElement b) =>
        Number(a) is { } x && Number(b) is { } y ? x.CompareTo(y)
        : a.ValueKind == JsonValueKind.String && b.ValueKind == JsonValueKind.String ? string.CompareOrdinal(a.GetString(), b.GetString())
        : null;

    private static decimal? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number
        : value.ValueKind == JsonValueKind.String
        && decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var text)
            ? text
        : null;

    private static string Show(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "unknown",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetRawText(),
        };
}

/// <summary>A value inside JSON by its path: <c>product.price</c>, <c>lines.0.name</c>.</summary>
internal static class JsonPath
{
    /// <returns>Undefined where the path leads nowhere.</returns>
    public static JsonElement Find(JsonElement data, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty(part, out var member))
                data = member;
            else if (
                data.ValueKind == JsonValueKind.Array
                && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < data.GetArrayLength()
            )
                data = data[index];
            else
                return default;
        }
        return data;
    }
}
