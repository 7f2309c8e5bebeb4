using System.Text.Json;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>A product as ranking needs it, in memory.</summary>
internal sealed class ShelfProduct
{
    private IReadOnlyDictionary<string, string>? attributes;

    public string ProductId { get; init; } = "";
    public string Name { get; init; } = "";
    public string? Category { get; init; }
    public string[] Categories { get; init; } = [];
    public decimal? Price { get; init; }
    public decimal? SalePrice { get; init; }
    public decimal? Cost { get; init; }
    public string Currency { get; init; } = "";
    public string? Url { get; init; }
    public string? ImageUrl { get; init; }
    public string? Brand { get; init; }
    public string Attributes { get; init; } = "{}";
    public bool InStock { get; init; }

    /// <summary>Taken out of the catalogue: it has a name for reasons, and is never answered.</summary>
    public bool Removed { get; init; }
    public int? Stock { get; init; }
    public double Popularity { get; init; }
    public DateTimeOffset? RestockedAt { get; init; }
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>The transaction that wrote the row: the same product from the same one is the same in everything.</summary>
    public string ChangedXid { get; init; } = "";

    public const string Columns = """
        product_id, name, category, categories, price, sale_price, cost, currency, url, image_url, brand, attributes::text as attributes,
            in_stock, removed, stock, popularity, restocked_at, added_at, changed_xid::text as changed_xid
        """;

    /// <summary>What it costs now.</summary>
    public decimal? NowPrice => SalePrice is { } sale && (Price is null || sale < Price) ? sale : Price;

    /// <summary>Share of the price that the shop keeps, at most 1, below 0 for a loss; 0 while cost or price are unknown.</summary>
    public double Margin => NowPrice is { } price and > 0 && Cost is { } cost ? (double)((price - cost) / price) : 0;

    /// <returns>Null where the product does not have it.</returns>
    public string? Attribute(string name) =>
        (attributes ??= JsonSerializer.Deserialize<Dictionary<string, string>>(Attributes)!).GetValueOrDefault(name);

    /// <summary>Whether both are described by the same words, so that nothing about likeness has to be computed again.</summary>
    public bool IsDescribedAs(ShelfProduct other) =>
        Name == other.Name
        && Category == other.Category
        && Brand == other.Brand
        && Attributes == other.Attributes
        && Categories.AsSpan().SequenceEqual(other.Categories);
}
