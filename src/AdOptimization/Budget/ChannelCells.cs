using MarketingPlatform.AdOptimization.Budget.Optimum;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>The cells of a channel that has limits of its own; or, without a name, the cells of all channels that have none.</summary>
/// <param name="Members">Their places among the question's cells.</param>
/// <param name="Limit">Of their sum.</param>
internal sealed record ChannelCells(string? Channel, int[] Members, CellLimit Limit)
{
    public SpendGroup Group => new(Channel ?? "", Members, Limit.Least, Limit.Most);

    /// <returns>Every cell of the question is in one of them.</returns>
    public static IReadOnlyList<ChannelCells> Of(BudgetQuestion question) =>
        [
            .. question
                .Cells.Select((c, i) => (c.Cell.Channel, Place: i))
                .GroupBy(c => question.Channels is { } limits && limits.ContainsKey(c.Channel) ? c.Channel : null)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new ChannelCells(
                    g.Key,
                    [.. g.Select(c => c.Place)],
                    g.Key is null ? new(0, question.Total) : question.Channels![g.Key]
                )),
        ];

    public long Sum(IReadOnlyList<long> cents) => Members.Sum(i => cents[i]);

    /// <returns>Cents that they may get at most: by the channel's limit and by their own.</returns>
    public double Room(BudgetQuestion question) =>
        Math.Min(Limit.Most, Members.Sum(i => (double)question.LimitOf(question.Cells[i].Cell, 0).Most));

    /// <param name="limits">Of cells: a minimum of the channel that they reach by themselves holds nothing.</param>
    /// <param name="held">In which part of the imagined markets the minimum and the maximum held the channel; half of them are enough.</param>
    public BudgetLimit HeldBy(long[] amounts, CellLimit[] limits, (double Up, double Down) held, long total)
    {
        if (Channel is null)
            return BudgetLimit.None;
        var sum = Sum(amounts);
        if (Limit.Most < total && (sum >= Limit.Most || held.Down >= 0.5))
            return BudgetLimit.ChannelMaximum;
        return Limit.Least > Members.Sum(i => limits[i].Least) && (sum <= Limit.Least || held.Up >= 0.5)
            ? BudgetLimit.ChannelMinimum
            : BudgetLimit.None;
    }
}
