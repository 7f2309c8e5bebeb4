using System.Text.Json;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>The order of version numbers: by parts, numbers below words, a release above its previews.</summary>
internal static partial class VersionOrder
{
    public static int Compare(JsonElement a, JsonElement b) => string.CompareOrdinal(Sortable(a), Sortable(b));

    /// <summary>Numbers are padded so that texts sort as versions do; <c>~</c> sorts a release after what follows its dash.</summary>
    private static string Sortable(JsonElement version)
    {
        var text = version.ValueKind is JsonValueKind.String or JsonValueKind.Number ? JsonValues.Text(version) : "";
        if (text.Length == 0)
            text = "0";
        var parts = Ignored()
            .Replace(text, "")
            .Split('-', '.')
            .Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? part.PadLeft(5) : part)
            .ToList();
        if (parts.Count == 3)
            parts.Add("~");
        return string.Join('-', parts);
    }

    [GeneratedRegex(@"^v|\+.*$", RegexOptions.Singleline)]
    private static partial Regex Ignored();
}
