namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What a cell did in the days that an allocation learns from.</summary>
/// <param name="Days">Those with a row that knows more than the spend, in any order.</param>
/// <param name="Lift">What its segment brings on its channel by what all segments do, as Segmentation measures it; 1 where that is not
/// known.</param>
/// <param name="Weekly">What the weekly model of its channel says of it; null where there is none.</param>
internal sealed record CellHistory(Cell Cell, IReadOnlyList<CellDay> Days, double Lift = 1, WeeklyPrior? Weekly = null)
{
    public long Impressions => Days.Sum(d => d.Impressions);

    public long Clicks => Days.Sum(d => d.Clicks);

    public long Conversions => Days.Sum(d => d.Conversions);

    public decimal Spend => Days.Sum(d => d.Spend);

    /// <value>Sum over days that know it; null where none does.</value>
    public decimal? Value => Days.Any(d => d.Value is not null) ? Days.Sum(d => d.Value ?? 0) : null;

    /// <value>Conversions of the days whose value is known.</value>
    public long ValuedConversions => Days.Where(d => d.Value is not null).Sum(d => d.Conversions);
}

/// <param name="Age">Days before the day that is allocated; 1 is the day before.</param>
/// <param name="Value">What the conversions brought; null where that is not known.</param>
internal readonly record struct CellDay(int Age, decimal Spend, long Impressions, long Clicks, long Conversions, decimal? Value);
