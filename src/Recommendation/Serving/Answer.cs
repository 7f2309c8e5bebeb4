using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A product as an answer needs it.</summary>
internal sealed record OfferedProduct(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    bool InStock,
    double Popularity
);

/// <summary>Puts votes and best-sellers together and says why. No I/O.</summary>
internal static class Answer
{
    public const string CoPurchase = "co-purchase";
    public const string Popular = "popularity";

    /// <summary>
    /// First what the votes say, then best-sellers until there are <paramref name="limit"/>; each product once, only what is in stock.
    /// A best-seller's score lies below every vote, so the list is sorted by score.
    /// </summary>
    /// <param name="known">Candidates and the seeds behind them, by id.</param>
    /// <param name="popular">In stock and not excluded, most popular first.</param>
    public static IReadOnlyList<RecommendedProduct> Compose(
        IReadOnlyList<Candidate> candidates,
        IReadOnlyDictionary<string, OfferedProduct> known,
        IReadOnlyList<OfferedProduct> popular,
        int limit
    )
    {
        var items = new List<RecommendedProduct>(limit);
        foreach (var candidate in candidates)
        {
            if (items.Count < limit && known.TryGetValue(candidate.ProductId, out var product) && product.InStock)
            {
                items.Add(Item(product, candidate.Score, Reason(candidate.Because, known), CoPurchase));
            }
        }

        var chosen = items.Select(i => i.ProductId).ToHashSet(StringComparer.Ordinal);
        var floor = items.Count > 0 ? items[^1].Score : 1;
        foreach (var product in popular)
        {
            if (items.Count < limit && product.InStock && chosen.Add(product.ProductId))
            {
                var reason = product.Popularity > 0 ? "Popular in our shop right now" : "From our range";
                items.Add(Item(product, floor * product.Popularity / (1 + product.Popularity), reason, Popular));
            }
        }
        return items;
    }

    private static string Reason(Seed because, IReadOnlyDictionary<string, OfferedProduct> known)
    {
        var name = known.TryGetValue(because.ProductId, out var product) ? product.Name : because.ProductId;
        return because.Kind switch
        {
            SeedKind.InCart => $"Goes well with {name} in your cart",
            SeedKind.Bought => $"Because you bought {name}",
            SeedKind.AddedEarlier => $"Because you were interested in {name}",
            _ => $"Because you looked at {name}",
        };
    }

    private static RecommendedProduct Item(OfferedProduct p, double score, string reason, string source) =>
        new(p.ProductId, p.Name, p.Category, p.Price, p.Currency, p.Url, p.ImageUrl, score, reason, source);
}
