using System.Buffers;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>What a model is asked with: at least one entry. Scored and explained by one thread.</summary>
/// <param name="Seeds">Those that the model knows.</param>
/// <param name="Items">The same, as the model numbers them.</param>
internal sealed record AskedModel(List<Seed> Seeds, HistoryItem[] Items)
{
    private readonly ScoringNotes notes = new();

    private readonly Lazy<int[]> firstOfProduct = new(() => FirstOf(Items), LazyThreadSafetyMode.None);

    public History History => new(Items, 0, notes);

    /// <summary>Of each entry, the first one that is about the same product.</summary>
    public int[] FirstOfProduct => firstOfProduct.Value;

    private static int[] FirstOf(HistoryItem[] items)
    {
        var first = new Dictionary<int, int>(items.Length);
        var found = new int[items.Length];
        for (var entry = 0; entry < items.Length; entry++)
        {
            first.TryAdd(items[entry].Item, entry);
            found[entry] = first[items[entry].Item];
        }
        return found;
    }
}

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
        Unknown = [.. Enumerable.Range(0, shelf.Count).Where(slot => itemOf[slot] < 0).OrderByDescending(slot => shelf[slot].AddedAt)];
    }

    public TrainedModel Model { get; }

    /// <summary>Slots that the model does not know, the last added first.</summary>
    public IReadOnlyList<int> Unknown { get; }

    public string Algorithm => Model.Recommender.Algorithm;

    /// <returns>Null where the model knows none of the seeds.</returns>
    public AskedModel? Ask(IReadOnlyList<Seed> seeds)
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
        return items.Count > 0 ? new AskedModel(known, [.. items]) : null;
    }

    /// <returns>The slot of an item number; −1 where the shelf does not have it.</returns>
    public ReadOnlySpan<int> SlotOfItem => slotOf;

    /// <summary>Writes the score of each item into <paramref name="scores"/> (as many as the model has items).</summary>
    public void ScoreItems(AskedModel asked, Span<float> scores) => Model.Recommender.Score(asked.History, scores);

    /// <summary>
    /// Writes the score of each slot that may be answered into <paramref name="scores"/> (length of the shelf, cleared before); what the
    /// model does not know, and what scores 0 or less, stays 0.
    /// </summary>
    public void Score(AskedModel asked, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(slotOf.Length);
        var byItem = rented.AsSpan(0, slotOf.Length);
        ScoreItems(asked, byItem);
        for (var item = 0; item < byItem.Length; item++)
        {
            var slot = slotOf[item];
            if (slot >= 0 && byItem[item] > 0)
            {
                scores[slot] = byItem[item];
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>What each entry asked with adds to the score of each slot.</summary>
    /// <returns>By slot; one that the model does not know, or cannot tell of, is not in it.</returns>
    public Dictionary<int, ArraySegment<float>> Explain(AskedModel asked, IEnumerable<int> slots)
    {
        var known = slots.Where(slot => itemOf[slot] >= 0).Distinct().ToArray();
        var entries = asked.Items.Length;
        var shares = new float[known.Length * entries];
        return Model.Recommender.ExplainAll(asked.History, Array.ConvertAll(known, slot => itemOf[slot]), shares)
            ? known.Index().ToDictionary(k => k.Item, k => new ArraySegment<float>(shares, k.Index * entries, entries))
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
