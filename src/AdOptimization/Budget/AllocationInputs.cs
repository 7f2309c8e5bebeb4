using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What the database knows before a decision.</summary>
/// <param name="HeldRows">Rows of the window that wait for somebody to say whether they are right: not among the cells' days.</param>
/// <param name="Reported">Part of a day's conversions that is known, by days before the allocated one.</param>
/// <param name="Calibrations">What hold-outs say reported value is worth, by channel: the cells' values are multiplied already.</param>
/// <param name="Weekly">What weeks of the shop's sales say; the cells know it already.</param>
/// <param name="OtherCurrencies">Cells whose rows in the window are all in another currency: there are no exchange rates here.</param>
internal sealed record AllocationInputs(
    IReadOnlyList<CellHistory> Cells,
    IReadOnlyList<Cell> OtherCurrencies,
    Guid? PreviousId,
    IReadOnlyDictionary<Cell, long>? Previous,
    int HeldRows,
    IReadOnlyList<double> Reported,
    IReadOnlyList<Calibration> Calibrations,
    WeeklyEvidence Weekly
)
{
    /// <summary>Performance of the days before <paramref name="date"/>, and the newest allocation of an earlier day: allocating one day
    /// twice is measured against the day before both times.</summary>
    public static async Task<AllocationInputs> ReadAsync(
        UnitOfWork work,
        DateOnly date,
        int lookBackDays,
        string currency,
        ShopDay day,
        CancellationToken ct
    )
    {
        var args = new
        {
            date,
            First = date.AddDays(-lookBackDays),
            currency,
            day.Today,
        };
        var cells = (await work.QueryAsync<DayOfCell>(DaysSql, args, ct)).GroupBy(d => d.Cell).ToArray();
        var previousId = await work.QuerySingleOrDefaultAsync<Guid?>(PreviousSql, args, ct);
        var previous = previousId is null ? [] : await work.QueryAsync<PreviousRow>(PreviousCellsSql, new { previousId }, ct);
        var held = await work.QuerySingleAsync<int>(HeldSql, args, ct);
        var calibrations = await Calibration.ReadAsync(work, date, currency, ct);
        var reported = await Arrivals.DelayAsync(work, date, lookBackDays, day, ct);
        var weekly = await WeeklyEvidence.ReadAsync(work, currency, date, new LearningRules(1, reported).ReportedAfter, ct);
        return new(
            weekly.Tell([
                .. cells
                    .Where(c => c.Any(d => d.Ours))
                    .Select(c => new CellHistory(c.Key, DaysOf(c, FactorOf(c.Key, calibrations, weekly)), LiftOf(c))),
            ]),
            [.. cells.Where(c => !c.Any(d => d.Ours)).Select(c => c.Key)],
            previousId,
            previousId is null ? null : previous.ToDictionary(p => new Cell(p.Channel, p.Campaign, p.Segment), p => (long)(p.Amount * 100)),
            held,
            reported,
            [.. calibrations.Where(k => cells.Any(c => k.Concerns(c.Key.Channel, c.Key.Segment) && c.Any(d => d.Value is not null)))],
            weekly
        );
    }

    /// <summary>Further than this one measure does not move what a cell begins with.</summary>
    private const double MostLift = 4;

    /// <summary>An experiment beats a regression (it calibrates that besides), and one in the cell's own segment beats one of the channel.</summary>
    private static decimal FactorOf(Cell cell, IReadOnlyList<Calibration> calibrations, WeeklyEvidence weekly) =>
        (decimal)(
            calibrations.Where(c => c.Concerns(cell.Channel, cell.Segment)).MaxBy(c => c.Segment is not null)?.Factor
            ?? weekly.Factors.GetValueOrDefault(cell.Channel)?.Value
            ?? 1
        );

    // What a day cost says something only where it is known what it brought.
    private static CellDay[] DaysOf(IEnumerable<DayOfCell> rows, decimal worth) =>
        [.. rows.Where(r => r is { Ours: true, Conversions: not null }).Select(r => r.Day with { Value = r.Day.Value * worth })];

    private static double LiftOf(IEnumerable<DayOfCell> rows) => Math.Clamp(rows.First().Lift ?? 1, 1 / MostLift, MostLift);

    private sealed record PreviousRow(string Channel, string Campaign, string Segment, decimal Amount);

    private sealed record DayOfCell(
        string Channel,
        string Campaign,
        string Segment,
        bool Ours,
        int Age,
        decimal Spend,
        long? Impressions,
        long? Clicks,
        long? Conversions,
        decimal? Value,
        double? Lift
    )
    {
        public Cell Cell => new(Channel, Campaign, Segment);

        public CellDay Day => new(Age, Spend, Impressions ?? 0, Clicks ?? 0, Conversions ?? 0, Value);
    }

    private const string DaysSql = """
        select channel, campaign, segment, p.currency = @currency as ours, @date - date as age, spend, impressions, clicks, conversions, value, e.lift
        from performance p
        left join (
            select channel, segment, revenue * sum(reach) over of_channel / nullif(sum(revenue * reach) over of_channel, 0) as lift
            from channel_effectiveness where currency = @currency
            window of_channel as (partition by channel)
        ) e using (channel, segment)
        where date >= @First and date < @date and not (date >= @Today and exists (
            -- A day that is told by the hour is not over before it is.
            select from performance_parts h
            where (h.date, h.channel, h.campaign, h.segment) = (p.date, p.channel, p.campaign, p.segment) and h.hour >= 0 and not h.superseded))
        order by channel, campaign, segment, date
        """;

    private const string HeldSql = """
        select count(*)::int from held_performance where outcome is null and date >= @First and date < @date
        """;

    private const string PreviousSql = """
        select id from allocations where currency = @currency and date < @date order by date desc, id desc limit 1
        """;

    private const string PreviousCellsSql = """
        select channel, campaign, segment, amount from allocation_cells where allocation_id = @previousId
        """;
}
