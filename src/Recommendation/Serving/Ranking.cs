using System.Buffers;
using System.Runtime.InteropServices;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>Why a product has a vote.</summary>
internal enum SeedKind
{
    Bought,
    InCart,
    OnPage,
    AddedEarlier,
    Viewed,
}

/// <summary>A product that votes for its neighbours.</summary>
/// <param name="At">Unix seconds, where the model asked looks at the order of things; else 0.</param>
internal readonly record struct Seed(string ProductId, SeedKind Kind, double Weight, long At = 0);

/// <summary>A product with votes, and the seed that gave the most of them.</summary>
internal sealed record Candidate(string ProductId, double Score, Seed Because);

/// <summary>
/// Who votes for what: score(b) = Σ over seeds s of weight(s) · similarity(s, b). No I/O; the measurement of a model ranks by the same
/// code.
/// </summary>
internal static class Ranking
{
    private const int MaxPurchases = 50;

    // What lies in the cart or is looked at now says more than any single purchase, an earlier look says less.
    private const double NowWeight = 2;
    private const double AddedWeight = 0.5;
    private const double ViewedWeight = 0.3;

    /// <summary>
    /// A purchase votes with 0.5^(age / half-life), age measured from the customer's newest sign of life: history stays comparable for
    /// somebody
    /// who comes back after years. A product counts once: as part of the cart, else as bought, else as looked at.
    /// </summary>
    /// <param name="page">Products of the page; what lies in the cart too counts as of the cart.</param>
    public static IReadOnlyList<Seed> Seeds(
        CustomerHistory history,
        IReadOnlyList<string> cart,
        TimeSpan halfLife,
        IReadOnlyList<string>? page = null
    )
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
            seeds.TryAdd(product, new Seed(product, SeedKind.InCart, NowWeight));
        }
        foreach (var product in page ?? [])
        {
            seeds.TryAdd(product, new Seed(product, SeedKind.OnPage, NowWeight));
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
    public static IReadOnlyList<Candidate> Vote(TrainedModel model, IReadOnlyList<Seed> seeds, IReadOnlySet<string> excluded, int limit)
    {
        var known = new List<Seed>(seeds.Count);
        var entries = new List<HistoryItem>(seeds.Count);
        foreach (var seed in seeds)
        {
            if (model.TryNumber(seed.ProductId, out var number))
            {
                known.Add(seed);
                entries.Add(new HistoryItem(number, (float)seed.Weight, seed.At));
            }
        }
        if (entries.Count == 0)
        {
            return [];
        }
        var history = new History(CollectionsMarshal.AsSpan(entries), 0);
        var rented = ArrayPool<float>.Shared.Rent(model.Recommender.Items);
        try
        {
            var scores = rented.AsSpan(0, model.Recommender.Items);
            model.Recommender.Score(history, scores);
            var best = new PriorityQueue<int, (float Score, string Id)>(BestLast);
            for (var number = 0; number < scores.Length; number++)
            {
                var worst =
                    best.Count < limit ? 0
                    : best.TryPeek(out _, out var least) ? least.Score
                    : 0;
                if (scores[number] > 0 && scores[number] >= worst && !excluded.Contains(model.ProductIds[number]))
                {
                    best.Enqueue(number, (scores[number], model.ProductIds[number]));
                    if (best.Count > limit)
                    {
                        best.Dequeue();
                    }
                }
            }
            var ranked = new int[best.Count];
            for (var rank = ranked.Length - 1; rank >= 0; rank--)
            {
                ranked[rank] = best.Dequeue();
            }
            var shares = new float[ranked.Length * entries.Count];
            model.Recommender.ExplainAll(history, ranked, shares);
            var candidates = new Candidate[ranked.Length];
            for (var rank = 0; rank < ranked.Length; rank++)
            {
                var because = known[IndexOfMax(shares.AsSpan(rank * entries.Count, entries.Count))];
                candidates[rank] = new Candidate(model.ProductIds[ranked[rank]], scores[ranked[rank]], because);
            }
            return candidates;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static readonly Comparer<(float Score, string Id)> BestLast = Comparer<(float Score, string Id)>.Create(
        (a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : string.CompareOrdinal(b.Id, a.Id)
    );

    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        var most = 0;
        for (var at = 1; at < values.Length; at++)
        {
            most = values[at] > values[most] ? at : most;
        }
        return most;
    }
}
