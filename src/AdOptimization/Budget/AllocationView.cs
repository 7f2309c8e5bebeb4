namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>A stored decision, whole: with its seed and inputs it can be made again.</summary>
/// <param name="LearntFrom">First day of the performance it learnt from; <paramref name="LearntTo"/> is the last.</param>
/// <param name="PreviousId">The allocation that the daily change is measured against.</param>
/// <param name="Notes">What concerns no cell of this allocation: cells that are gone, rows that could not be used.</param>
internal sealed record AllocationView(
    Guid Id,
    DateOnly Date,
    decimal Total,
    string Currency,
    double MinimumShare,
    double MaximumDailyChange,
    string Method,
    int Seed,
    int Lots,
    DateOnly LearntFrom,
    DateOnly LearntTo,
    Guid? PreviousId,
    IReadOnlyList<string> Notes,
    string? TraceId,
    DateTimeOffset DecidedAt,
    IReadOnlyList<AllocatedCell> Cells
);

/// <param name="Probability">Propensity: that a lot of the budget beyond the minimum shares goes here.</param>
/// <param name="ExpectedReturn">For one unit of money, before saturation.</param>
/// <param name="Alpha">With <paramref name="Beta"/> the belief about the conversion rate of a click.</param>
internal sealed record AllocatedCell(
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Amount,
    decimal? PreviousAmount,
    double Probability,
    double ExpectedReturn,
    double Alpha,
    double Beta,
    double PricePerClick,
    double WorthOfConversion,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal Spend,
    decimal? Value,
    string Explanation
)
{
    public static AllocatedCell Of(CellBudget cell, string explanation)
    {
        var (history, rate) = (cell.Belief.History, cell.Belief.Rate);
        return new(
            history.Cell.Channel,
            history.Cell.Campaign is "" ? null : history.Cell.Campaign,
            history.Cell.Segment is "" ? null : history.Cell.Segment,
            cell.Amount / 100m,
            cell.Previous / 100m,
            cell.Probability,
            cell.Belief.ExpectedReturn,
            rate.Alpha,
            rate.Beta,
            cell.Belief.PricePerClick,
            cell.Belief.WorthOfConversion,
            history.Impressions,
            history.Clicks,
            history.Conversions,
            history.Spend,
            history.Value,
            explanation
        );
    }
}
