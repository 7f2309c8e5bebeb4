using System.Globalization;
using System.Text.RegularExpressions;
using MarketingPlatform.Chatbot.Orders;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>How the bot words dates, money and lists, and fills its sentences.</summary>
internal static partial class Phrases
{
    private const int MaxLines = 5;

    public static string Site(ShopFacts shop) => shop.SiteUrl.ToString().TrimEnd('/');

    /// <summary>Puts values where a sentence has names in braces; braces in a value stay as they are.</summary>
    public static string Fill(string sentence, Turn turn, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var known = new Dictionary<string, string> { ["shop"] = turn.Shop.Name, ["site"] = Site(turn.Shop) };
        foreach (var (name, value) in values)
            known[name] = value;
        return PlaceholderPattern()
            .Replace(
                sentence.Replace("{abilities}", turn.Script.Says["abilities"], StringComparison.Ordinal),
                match => known.GetValueOrDefault(match.Groups[1].Value, match.Value)
            );
    }

    public static string Day(DateTimeOffset at, ShopFacts shop) =>
        TimeZoneInfo.ConvertTime(at, shop.Zone).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public static string Money(decimal amount, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{amount:#,##0.00##} {currency}");

    public static string Content(IReadOnlyList<KnownLine> lines)
    {
        if (lines.Count == 0)
        {
            return "";
        }
        var more = lines.Count > MaxLines ? $" and {lines.Count - MaxLines} more" : "";
        return ": " + string.Join(", ", lines.Take(MaxLines).Select(l => $"{l.Quantity} × {l.Name}")) + more;
    }

    [GeneratedRegex(@"\{([a-z][a-z0-9_-]*)\}")]
    private static partial Regex PlaceholderPattern();
}
