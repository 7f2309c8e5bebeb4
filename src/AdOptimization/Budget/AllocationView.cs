namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>A stored decision, with all that it depended on: seed, limits, and what was believed of each cell.</summary>
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
    int Draws,
    IReadOnlyList<LimitWanted> Limits,
    int Caution,
    DateOnly LearntFrom,
    DateOnly LearntTo,
    Guid? PreviousId,
    IReadOnlyList<string> Notes,
    string? TraceId,
    DateTimeOffset DecidedAt,
    IReadOnlyList<AllocatedCell> Cells
);

/// <param name="Probability">Propensity: the part of the budget beyond the minimum shares that went here over all draws.</param>
/// <param name="ExpectedReturn">Of the amount, in money (in conversions where no value is known).</param>
/// <param name="MarginalReturn">Of the next unit of money.</param>
/// <param name="Curves">What was believed of the response, down to curves of 0.1 %.</param>
internal sealed record AllocatedCell(
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Amount,
    decimal? PreviousAmount,
    double Probability,
    double ExpectedReturn,
    double MarginalReturn,
    double WorthOfConversion,
    IReadOnlyList<BelievedCurve> Curves,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal Spend,
    decimal? Value,
    string Explanation
)
{
    private const double Negligible = 0.001;

    public static AllocatedCell Of(CellBudget cell, string explanation)
    {
        var (history, belief) = (cell.Belief.History, cell.Belief);
        return new(
            history.Cell.Channel,
            history.Cell.Campaign is "" ? null : history.Cell.Campaign,
            history.Cell.Segment is "" ? null : history.Cell.Segment,
            cell.Amount / 100m,
            cell.Previous / 100m,
            cell.Probability,
            cell.ExpectedReturn / 100,
            cell.Marginal,
            belief.Worth / 100,
            [
                .. belief
                    .Shapes.Where(s => s.Weight >= Negligible)
                    .OrderByDescending(s => s.Weight)
                    .Select(s => new BelievedCurve(s.HalfSaturation / 100, s.Shape, s.Weight, s.Alpha, s.Beta, s.Weekly)),
            ],
            history.Impressions,
            history.Clicks,
            history.Conversions,
            history.Spend,
            history.Value,
            explanation
        );
    }
}

/// <param name="HalfSaturation">Spend a day, in money.</param>
/// <param name="Alpha">With <paramref name="Beta"/> (a rate) the gamma belief about conversions a day at unlimited spend.</param>
/// <param name="Weekly">Whether it began as the weekly model of its channel says.</param>
internal sealed record BelievedCurve(double HalfSaturation, double Shape, double Weight, double Alpha, double Beta, bool Weekly = false);
