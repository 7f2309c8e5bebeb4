using System.Buffers;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A product on its way into an answer.</summary>
/// <param name="Score">Above 0, after the shop's factors.</param>
/// <param name="Source">What ranked it.</param>
/// <param name="Reason">In words; null where the model is to be asked for it.</param>
internal readonly record struct Pick(int Slot, double Score, string Source, string? Reason = null);

/// <summary>One question: everything that is known when it is asked.</summary>
/// <param name="Context">Products of the page or the cart, by id.</param>
internal sealed record Question(
    ServingState State,
    CompiledPlacement Placement,
    MappedModel? Model,
    CustomerHistory History,
    IReadOnlyList<string> Context,
    int Limit,
    ProductFilter? Filter,
    TimeSpan HalfLife,
    DateTimeOffset Now
)
{
    public Shelf Shelf => State.Shelf;

    /// <summary>Slots of <see cref="Context"/> that the catalogue knows.</summary>
    public IReadOnlyList<int> ContextSlots { get; } = [.. Context.Select(State.Shelf.SlotOf).Where(slot => slot >= 0).Distinct()];
}

/// <summary>Who may be answered, and the best of them by a score for every slot. No I/O.</summary>
internal sealed class Picks
{
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
        && (question.Filter is null || question.Filter.Matches(question.Shelf[slot]));

    /// <summary>The products that score highest, best first, ties by slot; those that score 0 are none.</summary>
    /// <param name="write">Writes into a score for each slot, which begins as 0.</param>
    public List<Pick> Best(int count, string source, Action<float[]> write, Func<int, string?>? reason = null)
    {
        var scores = ArrayPool<float>.Shared.Rent(question.Shelf.Count);
        try
        {
            Array.Clear(scores, 0, question.Shelf.Count);
            write(scores);
            var best = new PriorityQueue<int, (float Score, int Later)>(count + 1);
            var least = 0f;
            for (var slot = 0; slot < question.Shelf.Count; slot++)
            {
                if (scores[slot] <= 0)
                {
                    continue;
                }
                var score = scores[slot] * question.Placement.Factor(slot);
                if (score > least && May(slot))
                {
                    best.Enqueue(slot, (score, -slot));
                    if (best.Count > count)
                    {
                        best.Dequeue();
                    }
                    if (best.Count == count && best.TryPeek(out _, out var last))
                    {
                        least = last.Score;
                    }
                }
            }
            var picks = new Pick[best.Count];
            for (var rank = best.Count - 1; rank >= 0; rank--)
            {
                best.TryDequeue(out var slot, out var priority);
                picks[rank] = new Pick(slot, priority.Score, source, reason?.Invoke(slot));
            }
            return [.. picks];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }
}
