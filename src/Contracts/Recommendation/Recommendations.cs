namespace MarketingPlatform.Contracts.Recommendation;

/// <summary>Answer of <c>GET /api/v1/recommendations</c>.</summary>
/// <param name="ModelVersion">Version that ranked; null while no model was trained (popularity answers then).</param>
public sealed record RecommendationList(string? ModelVersion, IReadOnlyList<RecommendedProduct> Items);

/// <summary>A product this customer is likely to want.</summary>
/// <param name="Score">Higher is better; comparable within one answer only.</param>
/// <param name="Reason">In words a customer may read ("Because you bought Green tea").</param>
/// <param name="Source">co-purchase or popularity.</param>
public sealed record RecommendedProduct(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    double Score,
    string Reason,
    string Source
);
