using MarketingPlatform.Recommendation.Serving;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A customer's last order, kept aside: could it have been foretold from what was bought before?</summary>
/// <param name="Before">What the customer had bought until then, newest first.</param>
/// <param name="New">Products of the order that the customer never had: only those can be recommended.</param>
internal sealed record HeldOutOrder(CustomerHistory Before, IReadOnlySet<string> New, DateTimeOffset At);

/// <summary>
/// Measures by the same code that serves. A hit: at least one new product of the held-out order is among the first ten answered.
/// Orders are the
/// last of each sampled customer, while other customers' later orders may train: right for comparing models, a little kind as a forecast.
/// </summary>
internal static class HoldOut
{
    public const int At = 10;

    /// <summary>
    /// Whether a customer's last order is kept aside: decided by the id alone, so that every model is measured on the same customers.
    /// </summary>
    public static bool Samples(Guid customer, double share)
    {
        Span<byte> bytes = stackalloc byte[16];
        customer.TryWriteBytes(bytes);
        var hash = 14695981039346656037UL; // FNV-1a
        foreach (var value in bytes)
        {
            hash = unchecked((hash ^ value) * 1099511628211UL);
        }
        // The upper bits of FNV are weak for short input: mix once more (murmur3's finalizer).
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL);
        return (hash >> 11) * (1.0 / (1UL << 53)) < share;
    }

    /// <param name="model">Null measures popularity alone.</param>
    /// <param name="popular">Most popular first.</param>
    public static bool[] Hits(
        TrainedModel? model,
        IReadOnlyList<HeldOutOrder> orders,
        IReadOnlyList<string> popular,
        TimeSpan historyHalfLife,
        CancellationToken ct
    )
    {
        var hits = new bool[orders.Count];
        for (var number = 0; number < orders.Count; number++)
        {
            ct.ThrowIfCancellationRequested();
            var order = orders[number];
            var bought = order.Before.Bought.Select(b => b.ProductId).ToHashSet(StringComparer.Ordinal);
            var voted = model is null ? [] : Ranking.Vote(model, Ranking.Seeds(order.Before, [], historyHalfLife), bought, At);
            var answer = voted.Select(v => v.ProductId).Concat(popular.Where(p => !bought.Contains(p))).Distinct().Take(At);
            hits[number] = answer.Any(order.New.Contains);
        }
        return hits;
    }
}
