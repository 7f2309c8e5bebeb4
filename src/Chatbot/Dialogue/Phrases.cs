using System.Globalization;
using MarketingPlatform.Chatbot.Orders;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>How the bot words dates, money and lists.</summary>
internal static class Phrases
{
    private const int MaxLines = 5;

    public const string WhatICanDo =
        "I can tell you how your order stands, what was refunded for it, and find products. Try \"Where is my last order?\" or \"Do you have green tea?\".";

    public static string Site(ShopFacts shop) => shop.SiteUrl.ToString().TrimEnd('/');

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
}
