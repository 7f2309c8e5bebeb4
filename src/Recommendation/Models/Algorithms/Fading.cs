namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>A history as one weight an item, where older baskets count less.</summary>
internal static class Fading
{
    /// <summary>
    /// Entries of the newest time are multiplied by 1, those of the time before by <paramref name="decay"/>, then by its square …;
    /// repeats add up. The time-decayed vectors of TIFU-kNN (Hu et al., SIGIR 2020) with groups of one basket.
    /// </summary>
    public static Dictionary<int, float> ByBasket(ReadOnlySpan<HistoryItem> history, double decay)
    {
        var sorted = history.ToArray();
        Array.Sort(sorted, static (a, b) => b.At.CompareTo(a.At));
        var weights = new Dictionary<int, float>(sorted.Length);
        var (weight, at) = (1.0, sorted.Length > 0 ? sorted[0].At : 0);
        foreach (var entry in sorted)
        {
            if (entry.At != at)
            {
                (weight, at) = (weight * decay, entry.At);
            }
            weights[entry.Item] = weights.GetValueOrDefault(entry.Item) + (float)weight;
        }
        return weights;
    }
}
