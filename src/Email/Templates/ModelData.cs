using System.Text.Json;
using DotLiquid;

namespace MarketingPlatform.Email.Templates;

/// <summary>Values that callers give for a mail, as a template sees them: clean texts, numbers, lists; nothing that is not data.</summary>
internal static class ModelData
{
    private const int MaxDepth = 8;

    public static Hash Read(JsonElement data) => Object(data, MaxDepth);

    /// <summary>Sets the value at a path ("customer.first_name") where there is none.</summary>
    public static void SetMissing(Hash model, string path, string value)
    {
        var parts = path.Split('.');
        var at = model;
        foreach (var part in parts[..^1])
        {
            if (at[part] is not Hash next)
                at[part] = next = [];
            at = next;
        }
        if (at[parts[^1]] is null or "")
            at[parts[^1]] = value;
    }

    private static Hash Object(JsonElement data, int depth)
    {
        var hash = new Hash();
        foreach (var member in data.EnumerateObject())
            hash[member.Name] = Value(member.Value, depth - 1, IsAddress(member.Name));
        return hash;
    }

    private static object? Value(JsonElement value, int depth, bool isAddress) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when depth > 0 => Object(value, depth),
            JsonValueKind.Array when depth > 0 => value.EnumerateArray().Select(item => Value(item, depth - 1, isAddress)).ToList(),
            JsonValueKind.String => isAddress ? Address(value.GetString()!) : Lines(value.GetString()!),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.TryGetInt32(out var whole) => whole,
            JsonValueKind.Number when value.TryGetDecimal(out var fraction) => fraction,
            _ => null,
        };

    private static bool IsAddress(string name) => name.EndsWith("url", StringComparison.OrdinalIgnoreCase);

    // javascript: and data: are no addresses that a mail may lead to.
    private static string? Address(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto" or "tel"
            ? uri.AbsoluteUri
            : null;

    // Paragraphs are welcome here, unlike in a name.
    private static string? Lines(string text) =>
        string.Join('\n', text.Split('\n').Select(line => MailModel.Clean(line) ?? "")).Trim() is { Length: > 0 } lines ? lines : null;
}
