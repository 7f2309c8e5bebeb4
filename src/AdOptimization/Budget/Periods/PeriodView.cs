namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>A period as it stands today.</summary>
/// <param name="Spent">Today included; late corrections change it, and so what is left.</param>
/// <param name="Left">For today and the days after; negative where more is spent than was to be.</param>
/// <param name="Forecast">At the end, if days spend as much of their budgets as those so far did.</param>
/// <param name="State"><c>planned</c>, <c>on-plan</c>, <c>under</c>, <c>over</c>, <c>done</c> or <c>ended</c>.</param>
/// <param name="Days">What the days from today on are to spend, as planned now.</param>
internal sealed record PeriodView(
    Guid Id,
    string Name,
    string Currency,
    DateOnly FirstDay,
    DateOnly LastDay,
    decimal Total,
    double MaximumDailyChange,
    decimal Spent,
    decimal Left,
    decimal Forecast,
    string State,
    string Sentence,
    IReadOnlyList<DayPlan> Days,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? EndedAt
)
{
    public static PeriodView Of(PeriodProgress progress)
    {
        var period = progress.Period;
        return new(
            period.Id,
            period.Name,
            period.Currency,
            period.FirstDay,
            period.LastDay,
            period.Total,
            period.MaximumDailyChange,
            progress.Spent / 100m,
            progress.Left / 100m,
            progress.Forecast / 100m,
            progress.State,
            progress.Sentence,
            period.EndedAt is null ? [.. progress.Days.Select(d => new DayPlan(d.Date, d.Amount / 100m))] : [],
            period.CreatedAt,
            period.ChangedAt,
            period.EndedAt
        );
    }
}

internal sealed record DayPlan(DateOnly Date, decimal Amount);
