using System.Globalization;
using System.Text.RegularExpressions;
using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>One entry of a feed, by the feed's own field names; a field may come several times.</summary>
/// <param name="Place">Line or number of the entry, from 1, as a person would count it.</param>
/// <param name="Trouble">Why the entry cannot be trusted as it was read, and what to do; null for a good one.</param>
internal sealed record FeedEntry(int Place, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields, string? Trouble = null);

/// <summary>What a feed says that cannot be a product; the message says what to do.</summary>
internal sealed class BadFieldException(string message) : Exception(message);

/// <summary>
/// From the fields of a Google Merchant or Meta feed, or of a shop's own table, to a product. Names are read without case, spaces,
/// dashes and the prefix <c>g:</c>. No I/O.
/// </summary>
internal static partial class FeedFields
{
    private static readonly string[] Attributes =
    [
        "color",
        "colour",
        "size",
        "material",
        "pattern",
        "gender",
        "agegroup",
        "itemgroupid",
        "customlabel0",
        "customlabel1",
        "customlabel2",
        "customlabel3",
        "customlabel4",
    ];

    /// <returns>The name of a field as this class compares it.</returns>
    public static string Plain(string name)
    {
        var colon = name.LastIndexOf(':');
        return string.Concat(name[(colon + 1)..].Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    /// <param name="currency">Of amounts that name none.</param>
    /// <param name="now">A sale price counts between the times that the feed gives.</param>
    /// <exception cref="BadFieldException">A field cannot be read.</exception>
    public static ProductUpsert ToProduct(FeedEntry entry, string currency, DateTimeOffset now)
    {
        var fields = entry.Fields;
        var price = Amount(fields, currency, "price");
        var sale = IsOnSale(First(fields, "salepriceeffectivedate"), now) ? Amount(fields, currency, "saleprice") : null;
        var stock = Count(fields, "quantity", "stock", "inventory", "quantitytosellonfacebook");
        var path =
            Split(First(fields, "producttype", "categories", "categorypath"), '>')
            ?? Split(First(fields, "category", "googleproductcategory"), '>')
            ?? [];
        var images = All(fields, "additionalimagelink", "images").SelectMany(Addresses).ToArray();
        return new ProductUpsert(
            IdOf(entry),
            First(fields, "title", "name", "productname") ?? "",
            path.LastOrDefault(),
            price?.Amount,
            price?.Currency,
            First(fields, "link", "url"),
            First(fields, "imagelink", "imageurl", "image"),
            InStock(First(fields, "availability", "instock"), stock),
            path.Length > 0 ? path : null,
            First(fields, "description"),
            First(fields, "brand"),
            sale?.Amount,
            Amount(fields, currency, "costofgoodssold", "cost")?.Amount,
            stock,
            images.Length > 0 ? images : null,
            AttributesOf(fields),
            First(fields, "gtin", "ean", "barcode")
        );
    }

    /// <returns>Empty where it names none.</returns>
    public static string IdOf(FeedEntry entry) => First(entry.Fields, "id", "productid", "sku", "handle") ?? "";

    /// <summary>A comma parts two addresses where another one begins after it; others belong to the address (Cloudinary's all have some).</summary>
    private static IEnumerable<string> Addresses(string list) =>
        NextAddress().Split(list).Select(one => one.Trim()).Where(one => one.Length > 0);

    [GeneratedRegex(@",\s*(?=https?://)|,\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex NextAddress();

    private static bool InStock(string? availability, int? stock) =>
        Plain(availability ?? "") switch
        {
            "" => stock is not 0,
            "instock" or "true" or "yes" or "1" or "available" or "availablefororder" => true,
            "outofstock" or "false" or "no" or "0" or "discontinued" or "preorder" or "backorder" => false,
            _ => throw new BadFieldException($"availability is '{availability}': use in_stock, out_of_stock, preorder or backorder."),
        };

    /// <summary>"9.90 EUR", "EUR 9.90" or "9.90".</summary>
    private static (decimal Amount, string Currency)? Amount(
        IReadOnlyDictionary<string, IReadOnlyList<string>> fields,
        string currency,
        params ReadOnlySpan<string> names
    )
    {
        if (First(fields, names) is not { } text)
        {
            return null;
        }
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var number = parts.FirstOrDefault(part => part.Any(char.IsAsciiDigit));
        var code = parts.FirstOrDefault(part => part.Length == 3 && part.All(char.IsAsciiLetter))?.ToUpperInvariant();
        return
            parts.Length <= 2
            && number is not null
            && decimal.TryParse(
                number,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var amount
            )
            ? (amount, code ?? currency)
            : throw new BadFieldException(
                $"{names[0]} is '{text}': write a number with a decimal point and, if it differs, the currency ('9.90 EUR')."
            );
    }

    private static int? Count(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, params ReadOnlySpan<string> names) =>
        First(fields, names) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) ? Math.Max(0, count)
        : throw new BadFieldException($"{names[0]} is '{text}': write a whole number.");

    /// <summary>"2026-11-01T00:00Z/2026-11-30T23:59Z"; without it a sale price counts always.</summary>
    private static bool IsOnSale(string? between, DateTimeOffset now) =>
        between?.Split('/') is not [var from, var to]
        || (
            DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            && DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            && start <= now
            && now <= end
        );

    private static Dictionary<string, string>? AttributesOf(IReadOnlyDictionary<string, IReadOnlyList<string>> fields)
    {
        var found = Attributes
            .Select(name => (Name: name == "colour" ? "color" : name, Value: First(fields, name)))
            .Where(pair => pair.Value is not null)
            .DistinctBy(pair => pair.Name)
            .ToDictionary(pair => pair.Name, pair => pair.Value!);
        return found.Count > 0 ? found : null;
    }

    private static IEnumerable<string> All(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, params string[] names) =>
        names.SelectMany(name => fields.TryGetValue(name, out var values) ? values : []).Where(value => !string.IsNullOrWhiteSpace(value));

    private static string? First(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (fields.TryGetValue(name, out var values) && values.FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) is { } found)
            {
                return found.Replace("\0", "", StringComparison.Ordinal).Trim();
            }
        }
        return null;
    }

    private static string[]? Split(string? text, char by) =>
        text?.Split(by, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
