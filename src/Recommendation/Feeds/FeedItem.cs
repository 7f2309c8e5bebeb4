using System.Globalization;
using System.Xml;
using MarketingPlatform.Recommendation.Catalogue;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>A product as Google Merchant and Meta want it; both know the same names for what is here.</summary>
internal static class FeedItem
{
    private const int LongestTitle = 150;
    private const int LongestDescription = 5_000;
    private const int MostImages = 10;

    private const string Pictures = "additional_image_link";

    // No address has it: XML cannot hold it.
    private const char Between = '\u001f';

    public static readonly IReadOnlyList<string> Names =
    [
        "id",
        "title",
        "description",
        "link",
        "image_link",
        Pictures,
        "availability",
        "price",
        "sale_price",
        "brand",
        "gtin",
        "product_type",
        "condition",
        "color",
        "size",
        "material",
        "item_group_id",
    ];

    /// <returns>Null where something is missing that both insist on: a price, an address, a picture.</returns>
    public static IReadOnlyList<string?>? Of(ProductRow product)
    {
        if (product is not { Price: { } price, Url: { } url, ImageUrl: { } image } || product.Inferred)
        {
            return null;
        }
        var view = product.ToView();
        IReadOnlyList<string?> values =
        [
            product.ProductId,
            Cut(product.Name, LongestTitle),
            Cut(string.IsNullOrWhiteSpace(product.Description) ? product.Name : product.Description, LongestDescription),
            url,
            image,
            product.Images.Length == 0 ? null : string.Join(Between, product.Images.Take(MostImages).Select(Clean)),
            product.InStock ? "in_stock" : "out_of_stock",
            Money(price, product.Currency),
            product.SalePrice is { } sale && sale < price ? Money(sale, product.Currency) : null,
            product.Brand,
            product.Gtin,
            product.Categories.Length == 0 ? null : string.Join(" > ", product.Categories),
            "new",
            view.Attributes.GetValueOrDefault("color"),
            view.Attributes.GetValueOrDefault("size"),
            view.Attributes.GetValueOrDefault("material"),
            view.Attributes.GetValueOrDefault("itemgroupid"),
        ];
        return [.. values.Select((value, field) => value is null || Names[field] == Pictures ? value : Clean(value))];
    }

    /// <returns>The texts of a field: one, but for further pictures, of which each is an element of its own in XML; none for an empty one.</returns>
    public static string[] Texts(int field, string? value) =>
        string.IsNullOrEmpty(value) ? []
        : Names[field] == Pictures ? value.Split(Between, StringSplitOptions.RemoveEmptyEntries)
        : [value];

    /// <returns>The field in a table, where commas part pictures: a comma of an address is escaped.</returns>
    public static string Cell(int field, string? value) =>
        Names[field] == Pictures
            ? string.Join(',', Texts(field, value).Select(one => one.Replace(",", "%2C", StringComparison.Ordinal)))
            : value ?? "";

    private static string Money(decimal amount, string currency) =>
        amount.ToString("0.00##", CultureInfo.InvariantCulture) + " " + currency;

    /// <summary>Never between the halves of a character.</summary>
    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>Without characters that XML cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where((c, i) => XmlConvert.IsXmlChar(c) || IsHalf(text, i)));

    private static bool IsHalf(string text, int at) =>
        (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        || (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1]));
}
