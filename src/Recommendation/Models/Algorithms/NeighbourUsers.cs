using System.Runtime.InteropServices;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>Sparse vectors of unit length, of the users a model has learnt from, and who has each item.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ItemWeight(int Item, float Weight);

/// <summary>
/// Time-aware nearest neighbours for the next basket (TIFU-kNN; Hu et al., SIGIR 2020): users are their time-decayed items; a history is
/// answered by the mean of the most similar users, by cosine, weighted by it. The personal part is <see cref="PersonalModel"/>; a
/// <see cref="Blend"/> puts them together.
/// </summary>
internal sealed class NeighbourUsers : IRecommender
{
    public const string Name = "userknn";

    private readonly ItemWeight[][] vectors;
    private readonly int neighbours;
    private readonly double decay;
    private readonly (int User, float Weight)[][] usersOf;

    public static NeighbourUsers Train(Interactions data, int neighbours, double decay)
    {
        var vectors = new ItemWeight[data.Users][];
        for (var user = 0; user < data.Users; user++)
        {
            vectors[user] = Unit(data.Of(user), decay);
        }
        return new NeighbourUsers(data.Items, vectors, neighbours, decay);
    }

    private NeighbourUsers(int items, ItemWeight[][] vectors, int neighbours, double decay)
    {
        (Items, this.vectors, this.neighbours, this.decay) = (items, vectors, neighbours, decay);
        var lists = new List<(int, float)>[items];
        for (var user = 0; user < vectors.Length; user++)
        {
            foreach (var (item, weight) in vectors[user])
            {
                (lists[item] ??= []).Add((user, weight));
            }
        }
        usersOf = Array.ConvertAll(lists, list => list?.ToArray() ?? []);
    }

    public string Algorithm => Name;

    public int Items { get; }

    public void Score(History history, Span<float> scores)
    {
        scores.Clear();
        foreach (var (user, similarity) in Nearest(history))
        {
            foreach (var (item, weight) in vectors[user])
            {
                scores[item] += similarity * weight;
            }
        }
    }

    /// <summary>By the share that each entry has in the likeness of the neighbours who have the item.</summary>
    public bool Explain(History history, int item, Span<float> contributions)
    {
        contributions.Clear();
        var own = Unit(history.Items, decay).ToDictionary(v => v.Item, v => v.Weight);
        var times = new Dictionary<int, int>();
        foreach (var entry in history.Items)
        {
            times[entry.Item] = times.GetValueOrDefault(entry.Item) + 1;
        }
        foreach (var (user, _) in Nearest(history))
        {
            var vector = vectors[user].ToDictionary(v => v.Item, v => v.Weight);
            if (vector.TryGetValue(item, out var weight))
            {
                for (var at = 0; at < contributions.Length; at++)
                {
                    var entry = history.Items[at].Item;
                    contributions[at] += own[entry] * vector.GetValueOrDefault(entry) * weight / times[entry];
                }
            }
        }
        return true;
    }

    /// <summary>By the users of both.</summary>
    public IReadOnlyList<Neighbour> Similar(int item, int limit)
    {
        var sums = new Dictionary<int, float>();
        foreach (var (user, own) in usersOf[item])
        {
            foreach (var (other, weight) in vectors[user])
            {
                sums[other] = sums.GetValueOrDefault(other) + (own * weight);
            }
        }
        sums.Remove(item);
        return [.. sums.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(limit).Select(s => new Neighbour(s.Key, s.Value))];
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Items);
        writer.Write(neighbours);
        writer.Write(decay);
        writer.Write(vectors.Length);
        foreach (var vector in vectors)
        {
            writer.WriteArray<ItemWeight>(vector);
        }
    }

    public static NeighbourUsers Read(BinaryReader reader)
    {
        var (items, neighbours, decay) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble());
        var vectors = new ItemWeight[reader.ReadInt32()][];
        for (var user = 0; user < vectors.Length; user++)
        {
            vectors[user] = reader.ReadArray<ItemWeight>();
        }
        return new NeighbourUsers(items, vectors, neighbours, decay);
    }

    private (int User, float Similarity)[] Nearest(History history)
    {
        var similar = new Dictionary<int, float>();
        foreach (var (item, own) in Unit(history.Items, decay))
        {
            foreach (var (user, weight) in usersOf[item])
            {
                similar[user] = similar.GetValueOrDefault(user) + (own * weight);
            }
        }
        return [.. similar.Select(s => (s.Key, s.Value)).OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(neighbours)];
    }

    private static ItemWeight[] Unit(ReadOnlySpan<HistoryItem> history, double decay)
    {
        var weights = Fading.ByBasket(history, decay);
        var length = MathF.Sqrt(weights.Values.Sum(w => w * w));
        return [.. weights.OrderBy(w => w.Key).Select(w => new ItemWeight(w.Key, w.Value / length))];
    }
}
