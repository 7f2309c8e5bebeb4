using MarketingPlatform.Recommendation.Catalogue;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// Chooses from candidates one after the other, each time the one with the highest
/// <c>(1 − d − c) · score / best score − d · likeness to the nearest one chosen − c · KL(p ‖ q)</c>.
/// The second term is maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) with likeness by content; the third is calibration
/// (Steck, RecSys 2018): p is how the person's history spreads over categories, q how the list so far with this candidate does, smoothed with
/// 1 % of p. No I/O.
/// </summary>
internal static class Reranking
{
    private const double Smoothing = 0.01;

    /// <param name="candidates">Best first.</param>
    /// <param name="history">Shares of categories in the history, summing to 1; empty where nothing is known: then nothing is calibrated.</param>
    /// <param name="diversity">d, 0 to 0.9.</param>
    /// <param name="calibration">c, 0 to 0.9.</param>
    public static List<Pick> Choose(
        IReadOnlyList<Pick> candidates,
        Shelf shelf,
        IReadOnlyDictionary<string, double> history,
        double diversity,
        double calibration,
        int count
    )
    {
        if (history.Count == 0)
        {
            calibration = 0;
        }
        if (candidates.Count <= 1 || (diversity <= 0 && calibration <= 0))
        {
            return [.. candidates.Take(count)];
        }
        var best = candidates.Max(pick => pick.Score);
        var nearest = new float[candidates.Count];
        var compared = new int[candidates.Count];
        var chosen = new List<Pick>(count);
        var (shown, costs) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, double>(StringComparer.Ordinal));
        while (chosen.Count < count && chosen.Count < candidates.Count)
        {
            costs.Clear();
            var (next, highest) = (-1, double.NegativeInfinity);
            for (var n = 0; n < candidates.Count; n++)
            {
                // Being compared with more of what is chosen can only lower it: what is not above the highest as it stands, never will be.
                if (compared[n] < 0 || Value(n) <= highest)
                {
                    continue;
                }
                for (; diversity > 0 && compared[n] < chosen.Count; compared[n]++)
                {
                    nearest[n] = Math.Max(nearest[n], shelf.Content.Likeness(candidates[n].Slot, chosen[compared[n]].Slot));
                }
                if (Value(n) is var value && value > highest)
                {
                    (next, highest) = (n, value);
                }
            }
            compared[next] = -1;
            chosen.Add(candidates[next]);
            var category = shelf[candidates[next].Slot].Category ?? "";
            shown[category] = shown.GetValueOrDefault(category) + 1;
        }
        return chosen;

        double Value(int n) =>
            (1 - diversity - calibration) * candidates[n].Score / best
            - diversity * nearest[n]
            - (calibration > 0 ? calibration * Cost(shelf[candidates[n].Slot].Category ?? "") : 0);

        // The same for all candidates of a category.
        double Cost(string category) =>
            costs.TryGetValue(category, out var known) ? known : costs[category] = Divergence(history, shown, chosen.Count, category);
    }

    /// <returns>Shares of categories in what was bought and looked at; empty where no category is known.</returns>
    public static IReadOnlyDictionary<string, double> Spread(IReadOnlyList<Seed> seeds, Shelf shelf)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var seed in seeds)
        {
            if (shelf.SlotOf(seed.ProductId) is >= 0 and var slot && shelf[slot].Category is { } category)
            {
                weights[category] = weights.GetValueOrDefault(category) + seed.Weight;
            }
        }
        var total = weights.Values.Sum();
        return total > 0 ? weights.ToDictionary(pair => pair.Key, pair => pair.Value / total, StringComparer.Ordinal) : weights;
    }

    private static double Divergence(
        IReadOnlyDictionary<string, double> history,
        Dictionary<string, int> shown,
        int count,
        string candidate
    )
    {
        var sum = 0.0;
        foreach (var (category, wanted) in history)
        {
            var has = shown.GetValueOrDefault(category) + (category == candidate ? 1 : 0);
            var share = (1 - Smoothing) * has / (count + 1.0) + Smoothing * wanted;
            sum += wanted * Math.Log(wanted / share);
        }
        return sum;
    }
}
