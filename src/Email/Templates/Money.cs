using System.Globalization;

namespace MarketingPlatform.Email.Templates;

/// <summary>An amount as a customer reads it: "€12.50", "¥1,200", "12.50 CHF".</summary>
internal static class Money
{
    private static readonly Dictionary<string, string> Symbols = new()
    {
        ["EUR"] = "€",
        ["USD"] = "$",
        ["GBP"] = "£",
        ["JPY"] = "¥",
    };

    // ISO 4217 minor units where they are not two.
    private static readonly Dictionary<string, int> Decimals = new()
    {
        ["BIF"] = 0,
        ["CLP"] = 0,
        ["DJF"] = 0,
        ["GNF"] = 0,
        ["ISK"] = 0,
        ["JPY"] = 0,
        ["KMF"] = 0,
        ["KRW"] = 0,
        ["PYG"] = 0,
        ["RWF"] = 0,
        ["UGX"] = 0,
        ["VND"] = 0,
        ["VUV"] = 0,
        ["XAF"] = 0,
        ["XOF"] = 0,
        ["XPF"] = 0,
        ["BHD"] = 3,
        ["IQD"] = 3,
        ["JOD"] = 3,
        ["KWD"] = 3,
        ["LYD"] = 3,
        ["OMR"] = 3,
        ["TND"] = 3,
    };

    /// <param name="locale">Of the reader: English writes the sign in front; other languages as their culture does ("12,50 €").</param>
    public static string Format(decimal amount, string currency, string locale)
    {
        if (locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) || CultureOf(locale) is not { } culture)
            return Format(amount, currency);
        var code = currency.ToUpperInvariant();
        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        format.CurrencySymbol = Symbols.GetValueOrDefault(code, code);
        format.CurrencyDecimalDigits = Decimals.GetValueOrDefault(code, 2);
        return amount.ToString("C", format);
    }

    private static CultureInfo? CultureOf(string locale)
    {
        try
        {
            return CultureInfo.GetCultureInfo(locale);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    public static string Format(decimal amount, string currency)
    {
        var code = currency.ToUpperInvariant();
        var number = decimal.Abs(amount).ToString("N" + Decimals.GetValueOrDefault(code, 2), CultureInfo.InvariantCulture);
        var sign = amount < 0 ? "-" : "";
        return Symbols.TryGetValue(code, out var symbol) ? sign + symbol + number : $"{sign}{number} {code}";
    }
}
