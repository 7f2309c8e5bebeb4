using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Platform.Privacy;

/// <summary>What others call a person. A word counts only where a property of one of these names holds it: "7" is a quantity too.</summary>
/// <param name="Properties">Names of properties that hold such words, in any case.</param>
public sealed record PersonWords(IReadOnlySet<string> Words, IReadOnlySet<string> Properties)
{
    public static readonly PersonWords None = new(new HashSet<string>(), new HashSet<string>());

    public static PersonWords Of(IEnumerable<string> words, IEnumerable<string> properties) =>
        new(words.ToHashSet(StringComparer.OrdinalIgnoreCase), properties.ToHashSet(StringComparer.OrdinalIgnoreCase));
}

/// <summary>Finds a person in JSON, and takes the person out of it. No I/O.</summary>
public sealed class PersonTraces(IEnumerable<Guid> ids, PersonWords words)
{
    /// <summary>In a text that is no JSON only a word that is hardly another's counts.</summary>
    private const int TellingLength = 6;

    private readonly string[] ids = [.. ids.SelectMany(id => new[] { id.ToString("D"), id.ToString("N") })];

    /// <summary>Parts of texts that may name the person: what has none of them certainly does not.</summary>
    public IReadOnlyList<string> Hints =>
        [.. ids, .. words.Words, .. words.Words.Select(word => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(word))];

    /// <summary>
    /// Takes the person out of a message. Of an array, the elements that name the person go; what names the person itself goes as a whole.
    /// </summary>
    /// <returns>The text as it was where it does not name the person; null where nothing is left worth keeping.</returns>
    public string? Without(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Parse(text) is not { } root)
            return NamedIn(text) ? null : text;
        if (!IsNamedIn(root, ""))
            return text;
        Prune(root);
        return IsNamedIn(root, "") || IsEmpty(root) ? null : root.ToJsonString();
    }

    private bool IsNamedIn(JsonNode? node, string property) =>
        node switch
        {
            JsonObject members => members.Any(member => IsNamedIn(member.Value, member.Key)),
            JsonArray items => items.Any(item => IsNamedIn(item, property)),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => IsNamedBy(value.GetValue<string>(), property),
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => IsWord(value.ToJsonString(), property),
            _ => false,
        };

    private bool IsNamedBy(string text, string property) =>
        IsWord(text, property)
        || ids.Any(id => text.Contains(id, StringComparison.OrdinalIgnoreCase))
        || (Parse(text) is { } inner && IsNamedIn(inner, property));

    private bool IsWord(string text, string property) => words.Properties.Contains(property) && words.Words.Contains(text.Trim());

    private bool NamedIn(string text) =>
        ids.Concat(words.Words.Where(word => word.Length >= TellingLength))
            .Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private void Prune(JsonNode node)
    {
        switch (node)
        {
            case JsonArray items:
                for (var i = items.Count - 1; i >= 0; i--)
                    if (IsNamedIn(items[i], ""))
                        items.RemoveAt(i);
                break;
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                    if (
                        value is JsonValue text
                        && text.GetValueKind() == JsonValueKind.String
                        && Parse(text.GetValue<string>()) is { } inner
                    )
                        members[name] = Pruned(inner);
                    else if (value is not null)
                        Prune(value);
                break;
        }
    }

    /// <summary>JSON inside of a text: a message that carries another.</summary>
    private string Pruned(JsonNode inner)
    {
        Prune(inner);
        return inner.ToJsonString();
    }

    /// <summary>A message that was a list of things and has none left.</summary>
    private static bool IsEmpty(JsonNode root) =>
        root is JsonArray { Count: 0 } || (root is JsonObject { Count: 1 } only && only.First().Value is JsonArray { Count: 0 });

    private static JsonNode? Parse(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
            return null;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
