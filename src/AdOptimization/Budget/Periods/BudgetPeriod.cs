using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>An amount to spend from one day to another, over all channels.</summary>
/// <param name="LastDay">Included, as <paramref name="FirstDay"/> is.</param>
/// <param name="MaximumDailyChange">By which part of itself a day's amount may differ from the day before.</param>
internal sealed record BudgetPeriod(
    Guid Id,
    string Name,
    string Currency,
    DateOnly FirstDay,
    DateOnly LastDay,
    decimal Total,
    double MaximumDailyChange,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? EndedAt
);

/// <summary>Body of <c>POST /api/v1/ads/budget/periods</c> and <c>PUT …/{id}</c>.</summary>
/// <param name="Total">In <paramref name="Currency"/> (null: the shop's), with at most two decimals.</param>
/// <param name="MaximumDailyChange">Null means <see cref="AdsOptions.MaximumDailyChange"/>.</param>
internal sealed record PeriodRequest(
    string? Name,
    decimal? Total,
    string? Currency,
    DateOnly? FirstDay,
    DateOnly? LastDay,
    double? MaximumDailyChange = null
)
{
    private const int MostDays = 366;

    public IEnumerable<FieldError> Check(DateOnly today)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 200 || Name.Any(char.IsControl))
            yield return new("name", "Give a name of at most 200 characters, none of them a control character.");
        if (Total is not > 0 or > AllocateBudget.MaxTotal || decimal.Round(Total.Value, 2) != Total)
            yield return new("total", $"Give an amount above 0, at most {AllocateBudget.MaxTotal:F0}, with at most two decimals.");
        if (Currency is { } currency && !PerformanceRules.IsCurrency(currency))
            yield return new("currency", "Give an ISO 4217 code such as EUR.");
        if (FirstDay is null || FirstDay < today.AddYears(-1) || FirstDay > today.AddYears(1))
            yield return new("firstDay", "Give a day from a year ago to a year from now.");
        if (LastDay is null || LastDay < today)
            yield return new("lastDay", $"Give a day from today ({today:yyyy-MM-dd}, in the shop's time zone) on.");
        else if (FirstDay is { } first && (LastDay < first || LastDay.Value.DayNumber - first.DayNumber >= MostDays))
            yield return new("lastDay", $"Give a day from the first on: a period has 1 to {MostDays} days.");
        if (MaximumDailyChange is { } change && !(change is >= 0 and <= 10))
            yield return new("maximumDailyChange", "Give a number from 0 to 10: 0.2 lets a day differ by a fifth from the day before.");
    }
}

/// <summary>Reads and writes periods: both must agree on every column.</summary>
internal static class PeriodStore
{
    public static Task<BudgetPeriod?> FindAsync(UnitOfWork work, Guid id, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<BudgetPeriod>($"select {Columns} from budget_periods where id = @id", new { id }, ct);

    /// <returns>The period that plans the day, if one does.</returns>
    public static Task<BudgetPeriod?> OfDayAsync(UnitOfWork work, DateOnly day, string currency, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<BudgetPeriod>(OfDaySql, new { day, currency }, ct);

    /// <returns>Another that plans one of the same days.</returns>
    public static Task<BudgetPeriod?> OverlapAsync(UnitOfWork work, BudgetPeriod period, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<BudgetPeriod>(OverlapSql, period, ct);

    public static Task SaveAsync(UnitOfWork work, BudgetPeriod period, CancellationToken ct) => work.ExecuteAsync(SaveSql, period, ct);

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<BudgetPeriod>> ListAsync(UnitOfWork work, Guid? before, int take, CancellationToken ct) =>
        work.QueryAsync<BudgetPeriod>(ListSql, new { before, take }, ct);

    private const string Columns = "id, name, currency, first_day, last_day, total, maximum_daily_change, created_at, changed_at, ended_at";

    private const string OfDaySql = $"""
        select {Columns} from budget_periods
        where currency = @currency and ended_at is null and @day between first_day and last_day
        """;

    private const string OverlapSql = $"""
        select {Columns} from budget_periods
        where currency = @Currency and ended_at is null and id <> @Id and first_day <= @LastDay and last_day >= @FirstDay
        order by first_day limit 1
        """;

    private const string SaveSql = $"""
        insert into budget_periods ({Columns})
        values (@Id, @Name, @Currency, @FirstDay, @LastDay, @Total, @MaximumDailyChange, @CreatedAt, @ChangedAt, @EndedAt)
        on conflict (id) do update set name = @Name, currency = @Currency, first_day = @FirstDay, last_day = @LastDay, total = @Total,
            maximum_daily_change = @MaximumDailyChange, changed_at = @ChangedAt, ended_at = @EndedAt
        """;

    private const string ListSql = $"""
        select {Columns} from budget_periods where @before::uuid is null or id < @before order by id desc limit @take
        """;
}
