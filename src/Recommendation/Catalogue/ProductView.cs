namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>A product as <c>GET /api/v1/products</c> shows it.</summary>
/// <param name="Inferred">Known from orders only; the shop has not sent it.</param>
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
    DateTimeOffset ChangedAt
)
{
    public const string Columns = "product_id, name, category, price, currency, url, image_url, in_stock, inferred, version, changed_at";
}
