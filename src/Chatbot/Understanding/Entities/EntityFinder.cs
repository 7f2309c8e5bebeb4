using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>Finds what a message names. No I/O: the day, the currency and the catalogue's names come in.</summary>
internal static partial class EntityFinder
{
    private const int MaxRead = 4_000;

    /// <param name="today">The shop's day, from which "yesterday" counts.</param>
    /// <param name="currency">Of an amount that says none; ISO 4217.</param>
    /// <param name="language">The message's own, ISO 639-1: days are named in it.</param>
    public static IReadOnlyList<Entity> Find(string text, CatalogueNames names, DateOnly today, string currency, string language = "en")
    {
        text = text.Length > MaxRead ? text[..MaxRead] : text;
        List<Entity> found =
        [
            .. EmailPattern().Matches(text).Select(m => Of(EntityKind.Email, m, m.Value.ToLowerInvariant())),
            .. MoneyPattern().Matches(text).Select(m => Money(m, currency)).OfType<Entity>(),
            .. Dates.Find(text, today, language),
            .. OrderPattern().Matches(text).Select(m => Order(m)),
        ];
        // What was found first is believed: an address, a price and a day hold digits that are no order.
        List<Entity> kept = [];
        foreach (var entity in found.Concat(names.Find(text)))
            if (kept.TrueForAll(k => entity.Start >= k.Start + k.Text.Length || k.Start >= entity.Start + entity.Text.Length))
                kept.Add(entity);
        return [.. kept.OrderBy(e => e.Start)];
    }

    /// <summary>Only the amounts of money.</summary>
    public static IReadOnlyList<Entity> Amounts(string text, string currency) =>
        [.. MoneyPattern().Matches(text.Length > MaxRead ? text[..MaxRead] : text).Select(m => Money(m, currency)).OfType<Entity>()];

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

    [GeneratedRegex(@"[\p{L}\p{Nd}._%+'-]{1,64}@[\p{L}\p{Nd}-]{1,63}(?:\.[\p{L}\p{Nd}-]{1,63}){1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(
        @"(?<before>[€$£]|\b(?:eur|usd|gbp|chf|pln))\s?(?<amount>\d[\d.,]{0,14}\d|\d)|(?<![\d.,])(?<amount>\d[\d.,]{0,14}\d|\d)\s?(?<after>[€$£]|(?:eur|euros?|usd|dollars?|bucks|gbp|pounds?|quid|chf|franken|pln|zł)\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex MoneyPattern();

    [GeneratedRegex(@"[.,](\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex CentsPattern();

    // "#1001", "order 77", "SO-1001", "100123": see OrderMention for the same idea against a person's own orders.
    [GeneratedRegex(
        @"\#\s?(?<id>[\p{L}\d][\p{L}\d_/-]{0,40})|\b(?:order|purchase|bestell(?:ung|nummer)|auftrag(?:snummer)?|commande|pedido|ordine|bestelling|encomenda|zamówieni[ea])\s*(?:number|nummer|numéro|número|numero|numer|no\b\.?|n[°º]|nr\b\.?|id)?\s*(?:is\b)?\s*[:\#]?\s*(?<id>[\p{L}]{0,12}[-_/]?\d[\p{L}\d_/-]{0,40})|\b(?<id>\p{L}{1,12}[-_/]?\d{3,20})\b|\b(?<id>\d{5,20})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex OrderPattern();
}
