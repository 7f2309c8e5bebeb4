using System.Buffers;
using System.Numerics.Tensors;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A product on its way into an answer.</summary>
/// <param name="Score">Above 0, after the shop's factors.</param>
/// <param name="Source">What ranked it.</param>
/// <param name="Reason">In words; null where the model is to be asked for it.</param>
internal readonly record struct Pick(int Slot, double Score, string Source, string? Reason = null);

/// <summary>One question: everything that is known when it is asked.</summary>
internal sealed record Question(
    ServingState State,
    CompiledPlacement Placement,
    MappedModel? Model,
    CustomerHistory History,
    Request Request,
    TimeSpan HalfLife,
    DateTimeOffset Now
)
{
    public Shelf Shelf => State.Shelf;

    /// <summary>Products of the page and the cart, by id.</summary>
    public IReadOnlyList<string> Context { get; } = Request.Context;

    /// <summary>Slots of <see cref="Context"/> that the catalogue knows.</summary>
    public IReadOnlyList<int> ContextSlots { get; } = [.. Request.Context.Select(State.Shelf.SlotOf).Where(slot => slot >= 0).Distinct()];
}

/// <summary>Who may be answered, and the best of them by a score for every slot. No I/O.</summary>
internal sealed class Picks
{
    private const int Block = 64;

    private readonly Question question;
    private readonly HashSet<int> excluded;
    private readonly (decimal Least, decimal Most)? band;

    public Picks(Question question)
    {
        this.question = question;
        var definition = question.Placement.Definition;
        excluded = definition.Kind == PlacementKind.Reorder ? [] : [.. question.ContextSlots];
        var since = definition.ExcludeBoughtDays is { } days ? question.Now.AddDays(-days) : DateTimeOffset.MinValue;
        if (definition.ExcludeBoughtDays != 0)
        {
            foreach (var purchase in question.History.Bought)
            {
                if (purchase.At >= since && question.Shelf.SlotOf(purchase.ProductId) is >= 0 and var slot)
                {
                    excluded.Add(slot);
                }
            }
        }
        if (definition.Kind == PlacementKind.Session)
        {
            excluded.UnionWith(Asked.Visit(question.History, [], question.Now).Select(seed => question.Shelf.SlotOf(seed.ProductId)));
        }
        if (definition.PriceBand is { } factor && question.ContextSlots.Count > 0)
        {
            var price = question.Shelf[question.ContextSlots[0]].NowPrice;
            band = price is > 0 ? (price.Value / (decimal)factor, price.Value * (decimal)factor) : null;
        }
    }

    public bool May(int slot) =>
        question.Placement.Allows(slot)
        && !excluded.Contains(slot)
        && (band is not { } range || (question.Shelf[slot].NowPrice is { } price && price >= range.Least && price <= range.Most))
        && (question.Request.Filter is not { } filter || filter.Matches(question.Shelf[slot]));

    /// <summary>The products that score highest, best first, ties by slot; those that score 0 are none.</summary>
    /// <param name="write">Writes into a score for each slot, which begins as 0.</param>
    public List<Pick> Best(int count, string source, Action<float[]> write, Func<int, string?>? reason = null)
    {
        var scores = ArrayPool<float>.Shared.Rent(question.Shelf.Count);
        try
        {
            Array.Clear(scores, 0, question.Shelf.Count);
            write(scores);
            return Best(count, source, scores.AsSpan(0, question.Shelf.Count), [], reason);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>The products that a model scores highest, as above; their reasons are for the model to tell.</summary>
    public List<Pick> Best(int count, MappedModel model, AskedModel asked)
    {
        var rented = ArrayPool<float>.Shared.Rent(model.SlotOfItem.Length);
        try
        {
            var scores = rented.AsSpan(0, model.SlotOfItem.Length);
            model.ScoreItems(asked, scores);
            return Best(count, model.Algorithm, scores, model.SlotOfItem, null);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <param name="slotOf">The slot of each score; empty: they are in the order of slots.</param>
    private List<Pick> Best(int count, string source, Span<float> scores, ReadOnlySpan<int> slotOf, Func<int, string?>? reason)
    {
        question.Placement.Weigh(scores, slotOf);
        var highest = new float[(scores.Length + Block - 1) / Block];
        for (var block = 0; block < highest.Length; block++)
        {
            highest[block] = TensorPrimitives.MaxNumber<float>(
                scores.Slice(block * Block, Math.Min(Block, scores.Length - (block * Block)))
            );
        }
        var ranked = highest.ToArray();
        Array.Sort(ranked);

        // As many blocks hold a score as high as this as there are to be picked, and to be left out. Where more had to be left out, look deeper.
        var found = new List<(float Score, int Slot)>();
        for (var deep = (2 * count) + excluded.Count; ; deep *= 8)
        {
            var least = deep < ranked.Length ? Math.Max(0, ranked[^deep]) : 0;
            Collect(scores, slotOf, highest, least, found);
            if (found.Count >= count || least <= 0)
            {
                break;
            }
        }
        found.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Slot.CompareTo(b.Slot));
        return [.. found.Take(count).Select(best => new Pick(best.Slot, best.Score, source, reason?.Invoke(best.Slot)))];
    }

    /// <summary>All that may be picked and scores at least <paramref name="least"/>, and above 0.</summary>
    private void Collect(
        ReadOnlySpan<float> scores,
        ReadOnlySpan<int> slotOf,
        float[] highest,
        float least,
        List<(float Score, int Slot)> found
    )
    {
        found.Clear();
        for (var block = 0; block < highest.Length; block++)
        {
            if (!(highest[block] > 0) || highest[block] < least)
            {
                continue;
            }
            var end = Math.Min((block + 1) * Block, scores.Length);
            for (var at = block * Block; at < end; at++)
            {
                if (scores[at] >= least && scores[at] > 0)
                {
                    var slot = slotOf.IsEmpty ? at : slotOf[at];
                    if (slot >= 0 && May(slot))
                    {
                        found.Add((scores[at], slot));
                    }
                }
            }
        }
    }
}
