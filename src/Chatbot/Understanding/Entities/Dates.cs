using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>Finds the days that a message names: in figures, in English, and in the words of the message's own language.</summary>
internal static partial class Dates
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    /// <param name="today">The shop's day, from which "yesterday" counts.</param>
    /// <param name="language">ISO 639-1; of one that <see cref="DateWords"/> lacks, only figures and English are read.</param>
    public static IEnumerable<Entity> Find(string text, DateOnly today, string language)
    {
        foreach (var match in FiguresPattern().Matches(text).Cast<Match>())
            if (Figures(match, today) is { } day)
                yield return Of(match, day);
        // Product names and short answers are English everywhere; "hier" is a day in French only.
        foreach (var tongue in new[] { language, "en" }.Distinct().Where(DateWords.All.ContainsKey))
        foreach (var match in Patterns.GetOrAdd(tongue, Compile).Matches(text).Cast<Match>())
            if (Words(match, today) is { } day)
                yield return Of(match, day);
    }

    private static Entity Of(Match match, DateOnly day)
    {
        var value = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new Entity(EntityKind.Date, match.Value, match.Index, value, value);
    }

    private static DateOnly? Figures(Match match, DateOnly today) =>
        match.Groups["y"].Success
            ? Day(Number(match, "y"), Number(match, "m"), Number(match, "d"))
            : Day(Year(match.Groups["yy"].Value, today), Number(match, "mm"), Number(match, "dd"));

    private static DateOnly? Words(Match match, DateOnly today)
    {
        if (match.Groups["today"].Success)
            return today;
        if (match.Groups["yesterday"].Success)
            return today.AddDays(-1);
        if (match.Groups["tomorrow"].Success)
            return today.AddDays(1);
        if (match.Groups["n"].Success)
            return today.AddDays(-Number(match, "n") * (match.Groups["weeks"].Success ? 7 : 1));
        if (Place(match, "month", 12) is { } month)
            return Day(Year(match.Groups["year"].Value, today), month + 1, Number(match, "day"));
        if (Place(match, "weekday", 7) is not { } weekday)
            return null;
        // "last Friday" is before today, "Friday" and "next Friday" after it.
        var ahead = (weekday - (int)today.DayOfWeek + 7) % 7;
        return today.AddDays(
            match.Groups["last"].Success ? ahead - 7
            : ahead == 0 ? 7
            : ahead
        );
    }

    private static Regex Compile(string language)
    {
        var words = DateWords.All[language];
        var weekdays = Alternatives("weekday", words.Weekdays);
        var months = Alternatives("month", words.Months);
        var weekday = words.Bare
            ? $@"(?:(?:(?<last>{words.Last})|{words.Ahead})\s+)?(?:{weekdays})\b(?:\s+(?:(?<last>{words.Last})|(?:{words.Ahead}))\b)?"
            : $@"(?:(?<last>{words.Last})|{words.Ahead})\s+(?:{weekdays})\b|(?:{weekdays})\s+(?:(?<last>{words.Last})|(?:{words.Ahead}))\b";
        const string Year = @"(?:,?\s+(?:de\s+)?(?<year>\d{4}))?";
        return new Regex(
            $@"\b(?:(?:(?<today>{words.Today})|(?<yesterday>{words.Yesterday})|(?<tomorrow>{words.Tomorrow}))\b"
                + $@"|(?:{words.Ago})\b|{weekday}"
                + $@"|(?<day>\d{{1,2}}){words.Day}(?:{months})\b{Year}|(?:{months})\s+(?<day>\d{{1,2}})(?:st|nd|rd|th)?\b{Year})",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
        );
    }

    private static string Alternatives(string group, string[] words) =>
        string.Join('|', words.Select((word, place) => $"(?<{group}{place}>{word})"));

    private static int? Place(Match match, string group, int count)
    {
        for (var place = 0; place < count; place++)
            if (match.Groups[$"{group}{place}"].Success)
                return place;
        return null;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static int Year(string written, DateOnly today) =>
        written.Length == 0 ? today.Year
        : written.Length == 2 ? 2000 + int.Parse(written, CultureInfo.InvariantCulture)
        : int.Parse(written, CultureInfo.InvariantCulture);

    private static DateOnly? Day(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    [GeneratedRegex(
        @"\b(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})\b|\b(?<dd>\d{1,2})[./](?<mm>\d{1,2})[./](?<yy>\d{4}|\d{2})\b",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex FiguresPattern();
}
