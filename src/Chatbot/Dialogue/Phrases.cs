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

    /// <summary>In the shop's time zone, as the dialogue's language writes it.</summary>
    public static string Day(DateTimeOffset at, Turn turn)
    {
        var culture = Culture(turn);
        // The long form without the day of the week; English as the service always wrote it.
        var pattern = culture.Equals(CultureInfo.InvariantCulture)
            ? "d MMMM yyyy"
            : WeekdayPattern().Replace(culture.DateTimeFormat.LongDatePattern, "");
        return TimeZoneInfo.ConvertTime(at, turn.Shop.Zone).ToString(pattern, culture);
    }

    public static string Money(decimal amount, string currency, Turn turn) =>
        string.Create(Culture(turn), $"{amount:#,##0.00##} {currency}");

    public static string Content(IReadOnlyList<KnownLine> lines, Turn turn)
    {
        if (lines.Count == 0)
        {
            return "";
        }
        var more =
            lines.Count > MaxLines
                ? " " + turn.Says("more-lines", ("count", (lines.Count - MaxLines).ToString(CultureInfo.InvariantCulture)))
                : "";
        return ": " + string.Join(", ", lines.Take(MaxLines).Select(l => $"{l.Quantity} × {l.Name}")) + more;
    }

    private static CultureInfo Culture(Turn turn)
    {
        if (turn.Script.Language == "en")
            return CultureInfo.InvariantCulture;
        try
        {
            return CultureInfo.GetCultureInfo(turn.Script.Language);
        }
        catch (CultureNotFoundException)
        {
            // A machine without the languages' data, or two letters that are no language.
            return CultureInfo.InvariantCulture;
        }
    }

    [GeneratedRegex(@"^dddd,?\s*|,?\s*dddd$")]
    private static partial Regex WeekdayPattern();

    [GeneratedRegex(@"\{([a-z][a-z0-9_-]*)\}")]
    private static partial Regex PlaceholderPattern();
}
