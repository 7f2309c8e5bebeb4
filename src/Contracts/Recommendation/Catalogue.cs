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
public sealed record ProductUpsert(
    string ProductId,
    string Name,
    string? Category = null,
    decimal? Price = null,
    string? Currency = null,
    string? Url = null,
    string? ImageUrl = null,
    bool InStock = true
);

/// <summary>Body of <c>POST /api/v1/products</c>: up to 1,000 products.</summary>
public sealed record ProductUpserts(IReadOnlyList<ProductUpsert> Products);

/// <summary>Answer of <c>POST /api/v1/products</c>.</summary>
/// <param name="Accepted">Products stored.</param>
/// <param name="Rejected">Products refused, each with its place in the request and the reason.</param>
public sealed record ProductUpsertResult(int Accepted, IReadOnlyList<ProductRejection> Rejected);

/// <param name="Index">Place in the request, from 0.</param>
public sealed record ProductRejection(int Index, string ProductId, string Reason);
