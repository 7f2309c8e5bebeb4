namespace MarketingPlatform.Contracts.Recommendation;

/// <summary>A product as the catalogue now has it, whole. The reader keeps the highest version.</summary>
public sealed record ProductChanged(
    string ProductId,
    long Version,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    bool InStock,
    DateTimeOffset At
);

/// <summary>A product for <c>POST /api/v1/products</c>: created, or replaced where the id exists.</summary>
/// <param name="Price">Zero or more; null while unknown.</param>
/// <param name="Currency">ISO 4217; null means the shop's.</param>
/// <param name="Categories">From the widest to the narrowest ("Kitchen", "Tea"); null: <paramref name="Category"/> alone.</param>
/// <param name="SalePrice">What it costs now where that is less than <paramref name="Price"/>.</param>
/// <param name="Cost">What the shop pays for it, in the same currency; only ranking by margin looks at it.</param>
/// <param name="Stock">Pieces; 0 means out of stock whatever <paramref name="InStock"/> says; null while unknown.</param>
/// <param name="Images">Further pictures.</param>
/// <param name="Attributes">Anything else that makes products alike ("colour": "green").</param>
public sealed record ProductUpsert(
    string ProductId,
    string Name,
    string? Category = null,
    decimal? Price = null,
    string? Currency = null,
    string? Url = null,
    string? ImageUrl = null,
    bool InStock = true,
    IReadOnlyList<string>? Categories = null,
    string? Description = null,
    string? Brand = null,
    decimal? SalePrice = null,
    decimal? Cost = null,
    int? Stock = null,
    IReadOnlyList<string>? Images = null,
    IReadOnlyDictionary<string, string>? Attributes = null,
    string? Gtin = null
);

/// <summary>Body of <c>POST /api/v1/products</c>: up to 1,000 products.</summary>
public sealed record ProductUpserts(IReadOnlyList<ProductUpsert> Products);

/// <summary>Answer of <c>POST /api/v1/products</c>.</summary>
/// <param name="Accepted">Products stored.</param>
/// <param name="Rejected">Products refused, each with its place in the request and the reason.</param>
public sealed record ProductUpsertResult(int Accepted, IReadOnlyList<ProductRejection> Rejected);

/// <param name="Index">Place in the request, from 0.</param>
public sealed record ProductRejection(int Index, string ProductId, string Reason);
