using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>Reads how a period stands.</summary>
internal static class PeriodReader
{
    /// <param name="inputs">Of the period's currency; null where days are not to be told apart.</param>
    /// <param name="anew">A day that is to be divided anew: its budget so far does not count.</param>
    public static async Task<PeriodProgress> ReadAsync(
        UnitOfWork work,
        BudgetPeriod period,
        AllocationInputs? inputs,
        DateOnly learntTo,
        DateOnly today,
        double halfLife,
        DateOnly? anew,
        CancellationToken ct
    )
    {
        var spent = await work.QueryAsync<DayAmount>(SpentSql, period, ct);
        var allocated = await work.QueryAsync<DayAmount>(AllocatedSql, period, ct);
        var even = new PeriodFacts(
            spent.ToDictionary(d => d.Date, d => d.Cents),
            allocated.Where(d => d.Date != anew).ToDictionary(d => d.Date, d => d.Cents),
            Weekdays.Even,
            DayResponse.Unknown
        );
        var progress = PeriodProgress.Of(period, even, today);
        if (inputs is not { Cells.Count: > 0 } || progress.Left <= 0 || progress.Days.Count < 2)
            return progress;
        var usual = Math.Max(1, (double)progress.Left / progress.Days.Count);
        var rules = new LearningRules(halfLife, inputs.Reported);
        var beliefs = CurveLearning.Learn(inputs.Cells, Math.Max(1, usual / inputs.Cells.Count), rules);
        var factors = Weekdays.Learn(beliefs, learntTo, rules);
        return factors.All(f => f == 1)
            ? progress
            : PeriodProgress.Of(period, even with { Factors = factors, Response = DayResponse.Of(beliefs, usual) }, today);
    }

    private sealed record DayAmount(DateOnly Date, decimal Amount)
    {
        // What was spent counts in full: a part of a cent is one.
        public long Cents => (long)Math.Ceiling(Amount * 100);
    }

    private const string SpentSql = """
        select date, sum(spend) as amount from performance
        where currency = @Currency and date between @FirstDay and @LastDay
        group by date
        """;

    private const string AllocatedSql = """
        select distinct on (date) date, total as amount from allocations
        where currency = @Currency and date between @FirstDay and @LastDay
        order by date, id desc
        """;
}
