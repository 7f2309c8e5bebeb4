namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>The best of many scores.</summary>
internal static class TopItems
{
    /// <summary>Numbers of the highest scores, best first; scores of −∞ and NaN are never answered.</summary>
    /// <param name="order">Every number once: which of two with the same score comes first. Null: the lower one.</param>
    public static int[] Of(ReadOnlySpan<float> scores, int count, int[]? order = null)
    {
        var items = new int[Math.Min(count, scores.Length)];
        var best = new float[items.Length];
        var found = 0;
        for (var turn = 0; turn < scores.Length; turn++)
        {
            var item = order is null ? turn : order[turn];
            var score = scores[item];
            if (!(score > float.NegativeInfinity) || (found == items.Length && (found == 0 || score <= best[found - 1])))
            {
                continue;
            }
            var place = found < items.Length ? found++ : found - 1;
            while (place > 0 && best[place - 1] < score)
            {
                best[place] = best[place - 1];
                items[place] = items[place - 1];
                place--;
            }
            (best[place], items[place]) = (score, item);
        }
        return items[..found];
    }
}
