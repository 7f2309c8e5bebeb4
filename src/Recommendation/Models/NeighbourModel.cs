namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// A sparse item–item model: an item of the history gives each of its neighbours its weight times their similarity. Score:
/// <c>s(b) = Σ over entries h of weight(h) · similarity(h, b)</c>.
/// </summary>
/// <param name="algorithm">Who computed the similarities.</param>
/// <param name="neighbours">Of each item, most similar first.</param>
internal sealed class NeighbourModel(string algorithm, Neighbour[][] neighbours) : IRecommender
{
    public const string CoPurchase = "co-purchase";
    public const string ItemKnn = "itemknn";
    public const string Rp3Beta = "rp3beta";
    public const string Sar = "sar";
    public const string Content = "content";

    /// <summary>Of a dense model whose strongest weights were kept.</summary>
    public const string SparseSuffix = "-sparse";

    public string Algorithm => algorithm;

    public int Items => neighbours.Length;

    public ReadOnlySpan<Neighbour> NeighboursOf(int item) => neighbours[item];

    public void Score(History history, Span<float> scores)
    {
        scores.Clear();
        foreach (var entry in history.Items)
        {
            foreach (var neighbour in neighbours[entry.Item])
            {
                scores[neighbour.Product] += entry.Weight * neighbour.Similarity;
            }
        }
    }

    public bool Explain(History history, int item, Span<float> contributions)
    {
        for (var at = 0; at < history.Items.Length; at++)
        {
            var entry = history.Items[at];
            contributions[at] = 0;
            foreach (var neighbour in neighbours[entry.Item])
            {
                if (neighbour.Product == item)
                {
                    contributions[at] = entry.Weight * neighbour.Similarity;
                    break;
                }
            }
        }
        return true;
    }

    private const int Words = 16;

    /// <summary>Each list is walked once for all items: a bit for each tells most neighbours that they are none of them.</summary>
    public bool ExplainAll(History history, ReadOnlySpan<int> items, Span<float> contributions)
    {
        contributions.Clear();
        Span<ulong> wanted = stackalloc ulong[Words];
        wanted.Clear();
        foreach (var item in items)
        {
            wanted[(item >> 6) & (Words - 1)] |= 1UL << (item & 63);
        }
        var entries = history.Items;
        for (var at = 0; at < entries.Length; at++)
        {
            foreach (var neighbour in neighbours[entries[at].Item])
            {
                if ((wanted[(neighbour.Product >> 6) & (Words - 1)] >> (neighbour.Product & 63) & 1) == 0)
                {
                    continue;
                }
                for (var row = 0; row < items.Length; row++)
                {
                    if (items[row] == neighbour.Product)
                    {
                        contributions[row * entries.Length + at] = entries[at].Weight * neighbour.Similarity;
                    }
                }
            }
        }
        return true;
    }

    public IReadOnlyList<Neighbour> Similar(int item, int limit) => [.. neighbours[item].Where(n => n.Product != item).Take(limit)];

    public void Write(BinaryWriter writer)
    {
        writer.Write(neighbours.Length);
        foreach (var list in neighbours)
        {
            writer.WriteArray<Neighbour>(list);
        }
    }

    public static NeighbourModel Read(string algorithm, BinaryReader reader)
    {
        var neighbours = new Neighbour[reader.ReadInt32()][];
        for (var item = 0; item < neighbours.Length; item++)
        {
            neighbours[item] = reader.ReadArray<Neighbour>();
        }
        return new NeighbourModel(algorithm, neighbours);
    }
}
