using System.Buffers;
using System.Runtime.InteropServices;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A model over one shelf: its item numbers and the shelf's slots, each from the other. Immutable.</summary>
internal sealed class MappedModel
{
    private readonly int[] slotOf;
    private readonly int[] itemOf;

    public MappedModel(TrainedModel model, Shelf shelf)
    {
        Model = model;
        slotOf = new int[model.ProductIds.Count];
        itemOf = new int[shelf.Count];
        Array.Fill(itemOf, -1);
        for (var item = 0; item < slotOf.Length; item++)
        {
            slotOf[item] = shelf.SlotOf(model.ProductIds[item]);
            if (slotOf[item] >= 0)
            {
                itemOf[slotOf[item]] = item;
            }
        }
        Unknown = [.. Enumerable.Range(0, shelf.Count).Where(slot => itemOf[slot] < 0)];
    }

    public TrainedModel Model { get; }

    /// <summary>Slots that the model does not know.</summary>
    public IReadOnlyList<int> Unknown { get; }

    public string Algorithm => Model.Recommender.Algorithm;

    /// <returns>The seeds that the model knows, and what it is asked with.</returns>
    public (List<Seed> Seeds, List<HistoryItem> Items) Ask(IReadOnlyList<Seed> seeds)
    {
        var (known, items) = (new List<Seed>(seeds.Count), new List<HistoryItem>(seeds.Count));
        foreach (var seed in seeds)
        {
            if (Model.TryNumber(seed.ProductId, out var item) && seed.Weight > 0)
            {
                known.Add(seed);
                items.Add(new HistoryItem(item, (float)seed.Weight, seed.At));
            }
        }
        return (known, items);
    }

    /// <summary>
    /// Writes the score of each slot that may be answered into <paramref name="scores"/> (length of the shelf, cleared before); what the
    /// model does not know, and what scores 0 or less, stays 0.
    /// </summary>
    public void Score(List<HistoryItem> asked, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(slotOf.Length);
        try
        {
            var byItem = rented.AsSpan(0, slotOf.Length);
            Model.Recommender.Score(new History(CollectionsMarshal.AsSpan(asked), 0), byItem);
            for (var item = 0; item < byItem.Length; item++)
            {
                var slot = slotOf[item];
                if (slot >= 0 && byItem[item] > 0)
                {
                    scores[slot] = byItem[item];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>What each entry asked with adds to the score of each slot.</summary>
    /// <returns>By slot; one that the model does not know, or cannot tell of, is not in it.</returns>
    public Dictionary<int, ArraySegment<float>> Explain(List<HistoryItem> asked, IEnumerable<int> slots)
    {
        var known = slots.Where(slot => itemOf[slot] >= 0).Distinct().ToArray();
        var shares = new float[known.Length * asked.Count];
        var history = new History(CollectionsMarshal.AsSpan(asked), 0);
        return Model.Recommender.ExplainAll(history, Array.ConvertAll(known, slot => itemOf[slot]), shares)
            ? known.Index().ToDictionary(k => k.Item, k => new ArraySegment<float>(shares, k.Index * asked.Count, asked.Count))
            : [];
    }

    /// <summary>Adds <paramref name="weight"/> × likeness, relative to the nearest one, for slots like this one.</summary>
    public void AddSimilar(int slot, float weight, Span<float> scores)
    {
        if (itemOf[slot] < 0)
        {
            return;
        }
        var similar = Model.Recommender.Similar(itemOf[slot], MostSimilar);
        var nearest = similar.Count > 0 ? similar.Max(neighbour => neighbour.Similarity) : 0;
        foreach (var neighbour in similar)
        {
            if (slotOf[neighbour.Product] >= 0 && nearest > 0)
            {
                scores[slotOf[neighbour.Product]] += weight * neighbour.Similarity / nearest;
            }
        }
    }

    private const int MostSimilar = 100;
}
