namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>Goes over all pairs of items that some user has together, and keeps for each item the best ones. No pair table.</summary>
internal static class ItemPairs
{
    /// <summary>Similarity of <paramref name="from"/> to <paramref name="to"/>; 0 or less is none.</summary>
    /// <param name="both">Σ of the weights of users that have both.</param>
    public delegate double Similarity(int from, int to, double both);

    /// <param name="data">Distinct entries.</param>
    /// <param name="weightOf">Of each user.</param>
    public static Neighbour[][] Nearest(
        Interactions data,
        float[] weightOf,
        Similarity similarity,
        int neighbours,
        int threads,
        CancellationToken ct
    )
    {
        var (starts, users) = data.ByItem();
        var nearest = new Neighbour[data.Items][];
        Parallel.For(
            0,
            data.Items,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct },
            () => (Both: new double[data.Items], Met: new List<int>()),
            (item, _, scratch) =>
            {
                foreach (var user in users.AsSpan(starts[item], starts[item + 1] - starts[item]))
                {
                    foreach (var other in data.Of(user))
                    {
                        ref var both = ref scratch.Both[other.Item];
                        if (both == 0)
                        {
                            scratch.Met.Add(other.Item);
                        }
                        both += weightOf[user];
                    }
                }
                nearest[item] = Best(item, scratch.Both, scratch.Met, similarity, neighbours);
                scratch.Met.Clear();
                return scratch;
            },
            _ => { }
        );
        return nearest;
    }

    private static Neighbour[] Best(int item, double[] both, List<int> met, Similarity similarity, int neighbours)
    {
        // By similarity, ties by number: the same data give the same model.
        var best = new PriorityQueue<Neighbour, (float Similarity, int Later)>();
        foreach (var other in met)
        {
            var value = other == item ? 0 : (float)similarity(item, other, both[other]);
            both[other] = 0;
            if (!(value > 0))
            {
                continue;
            }
            var neighbour = new Neighbour(other, value);
            if (best.Count < neighbours)
            {
                best.Enqueue(neighbour, (value, -other));
            }
            else
            {
                best.EnqueueDequeue(neighbour, (value, -other));
            }
        }
        var sorted = new Neighbour[best.Count];
        for (var rank = best.Count - 1; rank >= 0; rank--)
        {
            sorted[rank] = best.Dequeue();
        }
        return sorted;
    }
}
