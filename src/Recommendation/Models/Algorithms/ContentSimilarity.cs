namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>
/// What products are like by what is said about them: for those that nobody bought yet. Cosine of TF-IDF over words (Salton and Buckley,
/// 1988), log(1 + n)·log(N/df).
/// </summary>
internal static class ContentSimilarity
{
    /// <param name="words">Of each item, in any order, repeats counting: name, category, brand, price band …</param>
    public static NeighbourModel Train(IReadOnlyList<IReadOnlyList<string>> words, int neighbours, CancellationToken ct)
    {
        var counts = words.Select(w => w.CountBy(x => x, StringComparer.OrdinalIgnoreCase).ToArray()).ToArray();
        var itemsOf = new Dictionary<string, List<(int Item, double Weight)>>(StringComparer.OrdinalIgnoreCase);
        for (var item = 0; item < counts.Length; item++)
        {
            foreach (var (word, times) in counts[item])
            {
                if (!itemsOf.TryGetValue(word, out var list))
                {
                    itemsOf[word] = list = [];
                }
                list.Add((item, Math.Log(1 + times)));
            }
        }
        var length = new double[words.Count];
        foreach (var list in itemsOf.Values)
        {
            foreach (var (item, weight) in list)
            {
                length[item] += Math.Pow(weight * Idf(list.Count), 2);
            }
        }
        var nearest = new Neighbour[words.Count][];
        for (var item = 0; item < nearest.Length; item++)
        {
            ct.ThrowIfCancellationRequested();
            var sums = new Dictionary<int, double>();
            foreach (var (word, times) in counts[item])
            {
                var list = itemsOf[word];
                var own = Math.Log(1 + times) * Idf(list.Count) * Idf(list.Count);
                foreach (var (other, weight) in own > 0 ? list : [])
                {
                    sums[other] = sums.GetValueOrDefault(other) + (own * weight);
                }
            }
            sums.Remove(item);
            nearest[item] =
            [
                .. sums.Select(s => new Neighbour(s.Key, (float)(s.Value / Math.Sqrt(length[item] * length[s.Key]))))
                    .OrderByDescending(n => n.Similarity)
                    .ThenBy(n => n.Product)
                    .Take(neighbours),
            ];
        }
        return new NeighbourModel(NeighbourModel.Content, nearest);

        double Idf(int items) => Math.Log((double)words.Count / items);
    }

    /// <summary>The words of a text: letters and digits, in lower case.</summary>
    public static IEnumerable<string> WordsOf(string? text)
    {
        var start = -1;
        for (var at = 0; at <= (text?.Length ?? 0); at++)
        {
            var inWord = at < text?.Length && char.IsLetterOrDigit(text[at]);
            if (inWord && start < 0)
            {
                start = at;
            }
            else if (!inWord && start >= 0)
            {
                yield return text![start..at].ToLowerInvariant();
                start = -1;
            }
        }
    }
}
