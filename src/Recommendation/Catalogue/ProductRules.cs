using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>What a product must be like. No I/O.</summary>
internal static class ProductRules
{
    public const int MaxId = 200;
    private const int MaxName = 500;
    private const int MaxDescription = 20_000;
    private const int MaxCategories = 20;
    private const int MaxImages = 20;
    private const int MaxAttributes = 100;
    private const int MaxUrl = 2_000;
    private const decimal MaxPrice = 1_000_000_000_000;

    /// <returns>What is wrong and what to do about it, all of it in one sentence each; null for a good product.</returns>
    public static string? Refuse(ProductUpsert product)
    {
        var reasons = new List<string?>
        {
            Text(product.ProductId, "productId", MaxId, required: true),
            Text(product.Name, "name", MaxName, required: true),
            Text(product.Category, "category", MaxName, required: false),
            product.Price is < 0 or > MaxPrice ? $"price must be from 0 to {MaxPrice}." : null,
            product.Currency is { } currency && !(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper))
                ? "currency must be an ISO 4217 code (three capital letters)."
                : null,
            Link(product.Url, "url"),
            Link(product.ImageUrl, "imageUrl"),
            Text(product.Description, "description", MaxDescription, required: false),
            Text(product.Brand, "brand", MaxName, required: false),
            Text(product.Gtin, "gtin", 50, required: false),
            product.SalePrice is < 0 or > MaxPrice ? $"salePrice must be from 0 to {MaxPrice}." : null,
            product.Cost is < 0 or > MaxPrice ? $"cost must be from 0 to {MaxPrice}." : null,
            product.Stock is < 0 ? "stock must be 0 or more." : null,
            Texts(product.Categories, "categories", MaxCategories),
            product.Images is { Count: > MaxImages } ? $"images may have at most {MaxImages} entries." : null,
            product.Images?.Select(image => Link(image ?? "", "images")).FirstOrDefault(reason => reason is not null),
            Texts(product.Attributes?.Keys, "attributes", MaxAttributes) ?? Texts(product.Attributes?.Values, "attributes", MaxAttributes),
        };
        var found = string.Join(' ', reasons.OfType<string>());
        return found.Length == 0 ? null : found;
    }

    private static string? Text(string? value, string field, int max, bool required)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return required ? $"{field} is missing." : null;
        }
        if (value.Length > max)
        {
            return $"{field} must have at most {max} characters.";
        }
        return value.Contains('\0') ? $"{field} must not contain a NUL character." : null;
    }

    private static string? Texts(IEnumerable<string>? values, string field, int most)
    {
        var all = values?.ToArray() ?? [];
        return all.Length > most
            ? $"{field} may have at most {most} entries."
            : all.Select(value => Text(value, field, MaxName, required: true)).FirstOrDefault(reason => reason is not null);
    }

    private static string? Link(string? value, string field) =>
        value is null
        || (
            value.Length <= MaxUrl
            && !value.Contains('\0')
            && Uri.TryCreate(value, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
        )
            ? null
            : $"{field} must be an absolute http(s) address of at most {MaxUrl} characters.";
}
