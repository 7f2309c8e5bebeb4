using System.Globalization;
using System.Text.Json;

namespace MarketingPlatform.Console.Shell;

/// <summary>How figures, times and values from outside are written for people.</summary>
internal static class Text
{
    private const int LongestValue = 400;

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(decimal value) =>
        value.ToString(value == decimal.Truncate(value) ? "N0" : "N2", CultureInfo.InvariantCulture);

    public static string Money(decimal value, string? currency) =>
        $"{value.ToString("N2", CultureInfo.InvariantCulture)} {currency}".TrimEnd();

    /// <returns>"just now", "5 minutes ago", "in 2 hours", and the date where it is further away than a month.</returns>
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var span = (now - at).Duration();
        if (span.TotalDays >= 30)
            return at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (span.TotalSeconds < 45)
            return "just now";
        var (count, unit) = span switch
        {
            { TotalHours: < 1 } => ((int)Math.Round(span.TotalMinutes), "minute"),
            { TotalDays: < 1 } => ((int)Math.Round(span.TotalHours), "hour"),
            _ => ((int)Math.Round(span.TotalDays), "day"),
        };
        var text = $"{Math.Max(1, count)} {unit}{(count > 1 ? "s" : "")}";
        return at <= now ? text + " ago" : "in " + text;
    }

    /// <returns>Seconds as people read them: "0.2 s", "3 min", "2 h".</returns>
    public static string Duration(double seconds) =>
        seconds switch
        {
            < 10 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
            < 120 => seconds.ToString("0", CultureInfo.InvariantCulture) + " s",
            < 7200 => (seconds / 60).ToString("0", CultureInfo.InvariantCulture) + " min",
            _ => (seconds / 3600).ToString("0", CultureInfo.InvariantCulture) + " h",
        };

    /// <returns>A value of any kind as text on one page: long ones are cut, and say so.</returns>
    public static string Value(JsonElement value) => Cut(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());

    public static string Cut(string text, int longest = LongestValue) =>
        text.Length <= longest ? text : $"{text[..longest]}… ({Number(text.Length)} characters)";

    /// <returns>A key in words: "abandoned-cart" becomes "Abandoned cart".</returns>
    public static string Words(string key)
    {
        var words = key.Replace('-', ' ').Replace('_', ' ').Trim();
        return words.Length == 0 ? key : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
