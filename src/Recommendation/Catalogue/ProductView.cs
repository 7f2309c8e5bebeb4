using System.Text.Json;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>A product as <c>GET /api/v1/products</c> shows it.</summary>
/// <param name="Inferred">Known from orders and page views only; the shop has not sent it.</param>
/// <param name="Version">That of the last ProductChanged; 0 while inferred.</param>
internal sealed record ProductView(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    bool InStock,
    bool Inferred,
    long Version,
    DateTimeOffset ChangedAt,
    IReadOnlyList<string> Categories,
    string? Description,
    string? Brand,
    decimal? SalePrice,
    decimal? Cost,
    int? Stock,
    IReadOnlyList<string> Images,
    IReadOnlyDictionary<string, string> Attributes,
    string? Gtin
);

/// <summary>A product as the table has it.</summary>
internal sealed record ProductRow
{
    public string ProductId { get; init; } = "";
    public string Name { get; init; } = "";
    public string? Category { get; init; }
    public decimal? Price { get; init; }
    public string Currency { get; init; } = "";
    public string? Url { get; init; }
    public string? ImageUrl { get; init; }
    public bool InStock { get; init; }
    public bool Inferred { get; init; }
    public long Version { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public string[] Categories { get; init; } = [];
    public string? Description { get; init; }
    public string? Brand { get; init; }
    public decimal? SalePrice { get; init; }
    public decimal? Cost { get; init; }
    public int? Stock { get; init; }
    public string[] Images { get; init; } = [];
    public string Attributes { get; init; } = "";
    public string? Gtin { get; init; }

    public const string Columns = """
        product_id, name, category, price, currency, url, image_url, in_stock, inferred, version, changed_at,
            categories, description, brand, sale_price, cost, stock, images, attributes::text as attributes, gtin
        """;

    public ProductView ToView() =>
        new(
            ProductId,
            Name,
            Category,
            Price,
            Currency,
            Url,
            ImageUrl,
            InStock,
            Inferred,
            Version,
            ChangedAt,
            Categories,
            Description,
            Brand,
            SalePrice,
            Cost,
            Stock,
            Images,
            JsonSerializer.Deserialize<Dictionary<string, string>>(Attributes)!,
            Gtin
        );
}
