using MarketingPlatform.Recommendation.Models.Linear;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary><c>XᵀX</c> of the most frequent items: in how many histories each two of them are together.</summary>
/// <param name="Items">All items, also those not covered.</param>
/// <param name="Covered">The item of each row.</param>
internal sealed record GramMatrix(int Items, int[] Covered, SymmetricMatrix Counts)
{
    public static GramMatrix Of(Interactions data, int maxItems, CancellationToken ct)
    {
        var covered = MostFrequent(data, maxItems);
        var rowOf = new int[data.Items];
        Array.Fill(rowOf, -1);
        for (var row = 0; row < covered.Length; row++)
        {
            rowOf[covered[row]] = row;
        }
        var counts = new SymmetricMatrix(covered.Length);
        var own = new List<(int Row, float Weight)>();
        for (var user = 0; user < data.Users; user++)
        {
            ct.ThrowIfCancellationRequested();
            own.Clear();
            foreach (var entry in data.Of(user))
            {
                if (rowOf[entry.Item] is >= 0 and var row)
                {
                    own.Add((row, entry.Weight));
                }
            }
            own.Sort();
            for (var a = 0; a < own.Count; a++)
            {
                var line = counts.Row(own[a].Row);
                for (var b = 0; b <= a; b++)
                {
                    line[own[b].Row] += own[a].Weight * own[b].Weight;
                }
            }
        }
        counts.MirrorLower();
        return new GramMatrix(data.Items, covered, counts);
    }

    private static int[] MostFrequent(Interactions data, int maxItems)
    {
        if (data.Items <= maxItems)
        {
            return [.. Enumerable.Range(0, data.Items)];
        }
        var counts = data.CountItems();
        return [.. Enumerable.Range(0, data.Items).OrderByDescending(i => counts[i]).ThenBy(i => i).Take(maxItems).Order()];
    }
}
