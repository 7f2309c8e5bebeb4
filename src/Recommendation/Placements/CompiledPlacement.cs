using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Serving;

namespace MarketingPlatform.Recommendation.Placements;

/// <summary>
/// A placement made ready for one shelf: which products may be shown at all, and what their scores are multiplied by. Computed once for all
/// requests; a rule that begins or ends counts from the next refresh on (<see cref="MadeAt"/>).
/// </summary>
internal sealed class CompiledPlacement
{
    private const double Buried = 0.1;
    private const double Boosted = 2;

    private readonly bool[] allowed;
    private readonly float[]? factors;

    public CompiledPlacement(string key, PlacementDefinition definition, Shelf shelf, DateTimeOffset now)
    {
        (Key, Definition, MadeAt) = (key, definition, now);
        allowed = new bool[shelf.Count];
        var rules = definition
            .Rules.Where(rule => rule.Holds(now))
            .Select(rule => (Rule: rule, Filter: ProductFilter.Parse(rule.Filter)!))
            .ToArray();
        var scaling = rules.Where(r => r.Rule.Action is RuleAction.Boost or RuleAction.Bury).ToArray();
        var excluding = rules.Where(r => r.Rule.Action == RuleAction.Exclude).ToArray();
        factors = scaling.Length > 0 || definition.MarginWeight > 0 ? new float[shelf.Count] : null;
        for (var slot = 0; slot < shelf.Count; slot++)
        {
            var product = shelf[slot];
            allowed[slot] =
                !product.Removed
                && (product.InStock || !definition.InStockOnly)
                && (definition.MinPrice is null || product.NowPrice >= definition.MinPrice)
                && (definition.MaxPrice is null || product.NowPrice <= definition.MaxPrice)
                && !excluding.Any(r => r.Filter.Matches(product));
            if (factors is not null)
            {
                var factor = Math.Max(0, 1 + definition.MarginWeight * product.Margin);
                foreach (var (rule, filter) in scaling)
                {
                    factor *= filter.Matches(product) ? rule.Factor ?? (rule.Action == RuleAction.Boost ? Boosted : Buried) : 1;
                }
                factors[slot] = (float)factor;
            }
        }
        Pins =
        [
            .. rules
                .Where(r => r.Rule.Action == RuleAction.Pin)
                .OrderBy(r => r.Rule.Position ?? 1)
                .SelectMany(r =>
                    shelf.ByPopularity.Where(slot => r.Filter.Matches(shelf[slot])).Select(slot => (Position: r.Rule.Position ?? 1, slot))
                ),
        ];
    }

    public string Key { get; }

    public PlacementDefinition Definition { get; }

    public DateTimeOffset MadeAt { get; }

    /// <summary>Slots with the place they are to have, from 1.</summary>
    public IReadOnlyList<(int Position, int Slot)> Pins { get; }

    public bool Allows(int slot) => allowed[slot];

    /// <summary>Multiplies each score by what the shop's wishes make of its product.</summary>
    /// <param name="slotOf">The slot of each score, −1 for none; empty: they are in the order of slots.</param>
    public void Weigh(Span<float> scores, ReadOnlySpan<int> slotOf)
    {
        if (factors is null)
        {
            return;
        }
        for (var at = 0; at < scores.Length; at++)
        {
            var slot = slotOf.IsEmpty ? at : slotOf[at];
            scores[at] *= slot >= 0 ? factors[slot] : 0;
        }
    }
}
