using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>What the lists are like, whether they hit or not.</summary>
/// <param name="Coverage">Share of the training's items that somebody was recommended.</param>
/// <param name="Novelty">Mean of −log₂(share of users who have the item), in bits: 0 is what everybody has (Castells et al., 2011).</param>
/// <param name="Diversity">1 − mean cosine of the pairs within a list, by the users they share; 1 is nothing in common.</param>
/// <param name="PopularityBias">Mean popularity of recommended items / that of the items in the users' histories: 1 is as popular as
/// what they chose themselves.</param>
/// <param name="Concentration">Gini coefficient of how often each item is recommended: 0 is evenly, near 1 is always the same ones.</param>
internal sealed record ListMetrics(double Coverage, double Novelty, double Diversity, double PopularityBias, double Concentration)
{
    /// <param name="training">Distinct entries; the users' popularity and likeness come from here.</param>
    /// <param name="users">The users who were recommended something; −1 for one the training does not know.</param>
    /// <param name="lists">What each of them was recommended.</param>
    public static ListMetrics Of(Interactions training, IReadOnlyList<int> users, IReadOnlyList<int[]> lists)
    {
        var (starts, usersOf) = training.ByItem();
        var shown = new int[training.Items];
        // Lists of many users hold the same pairs.
        var known = new Dictionary<(int, int), double>();
        double novelty = 0,
            popularity = 0,
            cosines = 0;
        long recommended = 0,
            pairs = 0;
        foreach (var list in lists)
        {
            for (var a = 0; a < list.Length; a++)
            {
                var popular = Count(list[a]);
                shown[list[a]]++;
                recommended++;
                popularity += popular;
                novelty -= Math.Log2(Math.Max(1, popular) / (double)Math.Max(1, training.Users));
                for (var b = 0; b < a; b++)
                {
                    cosines += Cosine(list[a], list[b]);
                    pairs++;
                }
            }
        }
        double own = 0;
        long had = 0;
        foreach (var user in users)
        {
            foreach (var entry in user < 0 ? [] : training.Of(user))
            {
                own += Count(entry.Item);
                had++;
            }
        }
        var bias = recommended == 0 || own == 0 ? 0 : popularity / recommended / (own / had);
        return new ListMetrics(
            shown.Length == 0 ? 0 : shown.Count(n => n > 0) / (double)shown.Length,
            recommended == 0 ? 0 : novelty / recommended,
            pairs == 0 ? 0 : 1 - (cosines / pairs),
            bias,
            Gini(shown)
        );

        int Count(int item) => starts[item + 1] - starts[item];

        double Cosine(int a, int b)
        {
            var pair = a < b ? (a, b) : (b, a);
            if (!known.TryGetValue(pair, out var cosine))
            {
                known.Add(pair, cosine = Compute(a, b));
            }
            return cosine;
        }

        double Compute(int a, int b)
        {
            var (i, endA, j, endB, both) = (starts[a], starts[a + 1], starts[b], starts[b + 1], 0);
            while (i < endA && j < endB)
            {
                var order = usersOf[i].CompareTo(usersOf[j]);
                both += order == 0 ? 1 : 0;
                i += order <= 0 ? 1 : 0;
                j += order >= 0 ? 1 : 0;
            }
            return both == 0 ? 0 : both / Math.Sqrt((double)Count(a) * Count(b));
        }
    }

    private static double Gini(int[] counts)
    {
        var sorted = counts.Order().ToArray();
        double total = sorted.Sum(n => (long)n),
            weighted = 0;
        for (var place = 0; place < sorted.Length; place++)
        {
            weighted += (place + 1.0) * sorted[place];
        }
        return total == 0 ? 0 : (2 * weighted / (sorted.Length * total)) - ((sorted.Length + 1.0) / sorted.Length);
    }
}
