using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>Why a product has a vote.</summary>
internal enum SeedKind
{
    Bought,
    InCart,
    AddedEarlier,
    Viewed,
}

/// <summary>A product that votes for its neighbours.</summary>
internal readonly record struct Seed(string ProductId, SeedKind Kind, double Weight);

/// <summary>A product with votes, and the seed that gave the most of them.</summary>
internal sealed record Candidate(string ProductId, double Score, Seed Because);

/// <summary>
/// Who votes for what: score(b) = Σ over seeds s of weight(s) · similarity(s, b). No I/O; the measurement of a model ranks by the same
/// code.
/// </summary>
internal static class Ranking
{
    private const int MaxPurchases = 50;

    // What lies in the cart now says more than any single purchase, a look says less.
    private const double CartWeight = 2;
    private const double AddedWeight = 0.5;
    private const double ViewedWeight = 0.3;

    /// <summary>
    /// A purchase votes with 0.5^(age / half-life), age measured from the customer's newest sign of life: history stays comparable for
    /// somebody
    /// who comes back after years. A product counts once: as part of the cart, else as bought, else as looked at.
    /// </summary>
    public static IReadOnlyList<Seed> Seeds(CustomerHistory history, IReadOnlyList<string> cart, TimeSpan halfLife)
    {
        var newest = DateTimeOffset.MinValue;
        foreach (var purchase in history.Bought)
        {
            newest = purchase.At > newest ? purchase.At : newest;
        }
        foreach (var interest in history.Interests)
        {
            newest = interest.At > newest ? interest.At : newest;
        }

        var seeds = new Dictionary<string, Seed>(StringComparer.Ordinal);
        foreach (var product in cart)
        {
            seeds.TryAdd(product, new Seed(product, SeedKind.InCart, CartWeight));
        }
        foreach (var purchase in history.Bought.Take(MaxPurchases))
        {
            seeds.TryAdd(purchase.ProductId, new Seed(purchase.ProductId, SeedKind.Bought, Fading(purchase.At)));
        }
        foreach (var interest in history.Interests)
        {
            var kind = interest.AddedToCart ? SeedKind.AddedEarlier : SeedKind.Viewed;
            var weight = (interest.AddedToCart ? AddedWeight : ViewedWeight) * Fading(interest.At);
            seeds.TryAdd(interest.ProductId, new Seed(interest.ProductId, kind, weight));
        }
        return [.. seeds.Values];

        double Fading(DateTimeOffset at) => Math.Pow(0.5, (newest - at) / halfLife);
    }

    /// <summary>
    /// The <paramref name="limit"/> products with most votes, best first, ties by id; never one of <paramref name="excluded"/>.
    /// </summary>
    public static IReadOnlyList<Candidate> Vote(CoPurchaseModel model, IReadOnlyList<Seed> seeds, IReadOnlySet<string> excluded, int limit)
    {
        var tally = new Dictionary<int, (double Score, double Most, int Seed)>();
        for (var number = 0; number < seeds.Count; number++)
        {
            foreach (var neighbour in model.NeighboursOf(seeds[number].ProductId))
            {
                var vote = seeds[number].Weight * neighbour.Similarity;
                var so = tally.GetValueOrDefault(neighbour.Product, (Score: 0, Most: -1, Seed: number));
                tally[neighbour.Product] = vote > so.Most ? (so.Score + vote, vote, number) : (so.Score + vote, so.Most, so.Seed);
            }
        }
        return
        [
            .. tally
                .Select(t => new Candidate(model.ProductIds[t.Key], t.Value.Score, seeds[t.Value.Seed]))
                .Where(c => c.Score > 0 && !excluded.Contains(c.ProductId))
                .OrderByDescending(c => c.Score)
                .ThenBy(c => c.ProductId, StringComparer.Ordinal)
                .Take(limit),
        ];
    }
}
