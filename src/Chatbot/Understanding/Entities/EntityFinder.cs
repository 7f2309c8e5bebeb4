using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>Finds what a message names. No I/O: the day, the currency and the catalogue's names come in.</summary>
internal static partial class EntityFinder
{
    private const int MaxRead = 4_000;

    /// <param name="today">The shop's day, from which "yesterday" counts.</param>
    /// <param name="currency">Of an amount that says none; ISO 4217.</param>
    public static IReadOnlyList<Entity> Find(string text, CatalogueNames names, DateOnly today, string currency)
    {
        text = text.Length > MaxRead ? text[..MaxRead] : text;
        List<Entity> found =
        [
            .. EmailPattern().Matches(text).Select(m => Of(EntityKind.Email, m, m.Value.ToLowerInvariant())),
            .. MoneyPattern().Matches(text).Select(m => Money(m, currency)).OfType<Entity>(),
            .. DatePattern().Matches(text).Select(m => Date(m, today)).OfType<Entity>(),
            .. OrderPattern().Matches(text).Select(m => Order(m)),
        ];
        // What was found first is believed: an address, a price and a day hold digits that are no order.
        List<Entity> kept = [];
        foreach (var entity in found.Concat(names.Find(text)))
            if (kept.TrueForAll(k => entity.Start >= k.Start + k.Text.Length || k.Start >= entity.Start + entity.Text.Length))
                kept.Add(entity);
        return [.. kept.OrderBy(e => e.Start)];
    }

    private static Entity Of(EntityKind kind, Capture match, string value) => new(kind, match.Value, match.Index, value, value);

    private static Entity Order(Match match)
    {
        var id = match.Groups["id"];
        return Of(EntityKind.OrderId, id, id.Value.TrimEnd('-', '/').ToUpperInvariant());
    }

    private static Entity? Money(Match match, string shop)
    {
        var sign = (match.Groups["before"].Value + match.Groups["after"].Value).ToLowerInvariant();
        var iso = sign switch
        {
            "€" or "eur" or "euro" or "euros" => "EUR",
            "$" or "usd" or "dollar" or "dollars" or "bucks" => shop is "CAD" or "AUD" or "NZD" or "SGD" ? shop : "USD",
            "£" or "gbp" or "pound" or "pounds" or "quid" => "GBP",
            "chf" or "franken" => "CHF",
            "zł" or "pln" => "PLN",
            _ => shop,
        };
        var digits = match.Groups["amount"].Value;
        // The last point or comma with one or two digits behind it parts the cents; all others part thousands.
        var cents = CentsPattern().Match(digits);
        var whole = (cents.Success ? digits[..cents.Index] : digits)
            .Replace(".", "", StringComparison.Ordinal)
            .Replace(",", "", StringComparison.Ordinal);
        return decimal.TryParse(
            whole + (cents.Success ? "." + cents.Groups[1].Value : ""),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var amount
        )
            ? Of(EntityKind.Money, match, string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {iso}"))
            : null;
    }

    private static Entity? Date(Match match, DateOnly today)
    {
        DateOnly? day = null;
        if (match.Groups["word"] is { Success: true } word)
            day = word.Value.ToLowerInvariant() switch
            {
                "today" => today,
                "yesterday" => today.AddDays(-1),
                "tomorrow" => today.AddDays(1),
                _ => null,
            };
        else if (match.Groups["weekday"] is { Success: true } weekday && Enum.TryParse<DayOfWeek>(weekday.Value, true, out var wanted))
        {
            var ahead = ((int)wanted - (int)today.DayOfWeek + 7) % 7;
            // "last Friday" is before today, "Friday" and "next Friday" after it.
            day = today.AddDays(
                match.Groups["last"].Success ? ahead - 7
                : ahead == 0 ? 7
                : ahead
            );
        }
        else if (match.Groups["ago"] is { Success: true } ago)
            day = today.AddDays(
                -int.Parse(ago.Value, CultureInfo.InvariantCulture)
                    * (match.Groups["unit"].Value.StartsWith("week", StringComparison.OrdinalIgnoreCase) ? 7 : 1)
            );
        else if (match.Groups["y"].Success)
            day = Day(Number(match, "y"), Number(match, "m"), Number(match, "d"));
        else if (match.Groups["dd"].Success)
            day = Day(Year(match.Groups["yy"].Value, today), Number(match, "mm"), Number(match, "dd"));
        else
        {
            var month = Array.FindIndex(Months, m => match.Groups["month"].Value.StartsWith(m, StringComparison.OrdinalIgnoreCase)) + 1;
            day = Day(
                Year(match.Groups["year"].Value, today),
                month,
                int.Parse(match.Groups["day1"].Value + match.Groups["day2"].Value, CultureInfo.InvariantCulture)
            );
        }
        return day is { } known ? Of(EntityKind.Date, match, known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null;
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

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    [GeneratedRegex(@"[\p{L}\p{Nd}._%+'-]{1,64}@[\p{L}\p{Nd}-]{1,63}(?:\.[\p{L}\p{Nd}-]{1,63}){1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(
        @"(?<before>[€$£]|\b(?:eur|usd|gbp|chf|pln))\s?(?<amount>\d[\d.,]{0,14}\d|\d)|(?<![\d.,])(?<amount>\d[\d.,]{0,14}\d|\d)\s?(?<after>[€$£]|(?:eur|euros?|usd|dollars?|bucks|gbp|pounds?|quid|chf|franken|pln|zł)\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex MoneyPattern();

    [GeneratedRegex(@"[.,](\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex CentsPattern();

    [GeneratedRegex(
        @"\b(?<word>today|yesterday|tomorrow)\b|\b(?:(?<last>last)\s+|(?:on|next|this)\s+)(?<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|\b(?<ago>\d{1,3})\s+(?<unit>days?|weeks?)\s+ago\b|\b(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})\b|\b(?<dd>\d{1,2})[./](?<mm>\d{1,2})[./](?<yy>\d{4}|\d{2})\b|\b(?<day1>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:,?\s+(?<year>\d{4}))?|\b(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\s+(?<day2>\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(?<year>\d{4}))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex DatePattern();

    // "#1001", "order 77", "SO-1001", "100123": see OrderMention for the same idea against a person's own orders.
    [GeneratedRegex(
        @"\#\s?(?<id>[\p{L}\d][\p{L}\d_/-]{0,40})|\b(?:order|purchase)\s*(?:number|no\b\.?|nr\b\.?|id)?\s*(?:is\b)?\s*[:\#]?\s*(?<id>[\p{L}]{0,12}[-_/]?\d[\p{L}\d_/-]{0,40})|\b(?<id>\p{L}{1,12}[-_/]?\d{3,20})\b|\b(?<id>\d{5,20})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex OrderPattern();
}
