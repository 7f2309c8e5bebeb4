using MarketingPlatform.Experimentation.Bandits;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>
/// What is believed of a cell: how often a click converts (uncertain), what a click costs and a conversion is worth (taken as is).
/// </summary>
/// <remarks>
/// Little data is pulled towards what all cells together did, with the weight of <see cref="PriorClicks"/> clicks and
/// <see cref="PriorConversions"/> conversions: a cell of which nothing is known is believed to be an ordinary one, and uncertain; where Segmentation measured what the channel does in
/// the cell's segment, as much better or worse than an ordinary one. A cell
/// that never cost anything has no price yet and gets the common one: free clicks say nothing about what bought ones cost.
/// </remarks>
/// <param name="PricePerClick">Above 0; 1 for all where nothing was ever spent on a click.</param>
/// <param name="WorthOfConversion">Above 0; 1 for all where no value is known, so that conversions for the euro are compared.</param>
internal sealed record CellBelief(CellHistory History, BetaArm Rate, double PricePerClick, double WorthOfConversion)
{
    public const double PriorClicks = 20;
    public const double PriorConversions = 5;

    /// <summary>What a conversion returns for each unit of money that a click costs: the rate times this is return for the euro.</summary>
    public double Payoff => WorthOfConversion / PricePerClick;

    public double ExpectedReturn => Rate.Mean * Payoff;

    public static IReadOnlyList<CellBelief> Of(IReadOnlyList<CellHistory> cells)
    {
        var clicks = cells.Sum(c => (double)c.Clicks);
        var rate = (cells.Sum(c => (double)c.Conversions) + 1) / (clicks + 2);
        var paid = cells.Where(c => c.Spend > 0).ToArray();
        var price = PositiveOrOne(paid.Sum(c => (double)c.Spend) / paid.Sum(c => (double)c.Clicks));
        var worth = PositiveOrOne(cells.Sum(c => (double)(c.Value ?? 0)) / cells.Sum(c => (double)c.ValuedConversions));
        var knowsValues = cells.Any(c => c.Value > 0);
        return
        [
            .. cells.Select(c => new CellBelief(
                c,
                Prior(rate * c.Lift).Observe(c.Conversions, c.Clicks - c.Conversions),
                c.Spend > 0 ? ((double)c.Spend + PriorClicks * price) / (c.Clicks + PriorClicks) : price,
                knowsValues ? ((double)(c.Value ?? 0) + PriorConversions * worth) / (c.ValuedConversions + PriorConversions) : 1
            )),
        ];
    }

    private static BetaArm Prior(double rate)
    {
        // A rate below 1 leaves room for doubt.
        var mean = Math.Min(rate, 0.99);
        return new BetaArm(mean * PriorClicks, (1 - mean) * PriorClicks);
    }

    // 0 / 0 and x / 0 where a sum is empty.
    private static double PositiveOrOne(double ratio) => ratio > 0 && double.IsFinite(ratio) ? ratio : 1;
}
