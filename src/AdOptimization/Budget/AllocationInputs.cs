using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What the database knows before a decision.</summary>
/// <param name="OtherCurrencies">Cells whose rows in the window are all in another currency: there are no exchange rates here.</param>
internal sealed record AllocationInputs(
    IReadOnlyList<CellHistory> Cells,
    IReadOnlyList<Cell> OtherCurrencies,
    Guid? PreviousId,
    IReadOnlyDictionary<Cell, long>? Previous
)
{
    /// <summary>Performance of the days before <paramref name="date"/>, and the newest allocation of an earlier day: allocating one day
    /// twice is measured against the day before both times.</summary>
    public static async Task<AllocationInputs> ReadAsync(
        UnitOfWork work,
        DateOnly date,
        int lookBackDays,
        string currency,
        CancellationToken ct
    )
    {
        var args = new
        {
            date,
            First = date.AddDays(-lookBackDays),
            currency,
        };
        var rows = await work.QueryAsync<HistoryRow>(HistorySql, args, ct);
        var previousId = await work.QuerySingleOrDefaultAsync<Guid?>(PreviousSql, args, ct);
        var previous = previousId is null ? [] : await work.QueryAsync<PreviousRow>(PreviousCellsSql, new { previousId }, ct);
        return new(
            [.. rows.Where(r => r.Days > 0).Select(r => r.ToHistory())],
            [.. rows.Where(r => r.Days == 0).Select(r => new Cell(r.Channel, r.Campaign, r.Segment))],
            previousId,
            previousId is null ? null : previous.ToDictionary(p => new Cell(p.Channel, p.Campaign, p.Segment), p => (long)(p.Amount * 100))
        );
    }

    /// <summary>Further than this one measure does not move what a cell begins with.</summary>
    private const double MostLift = 4;

    private sealed record PreviousRow(string Channel, string Campaign, string Segment, decimal Amount);

    private sealed record HistoryRow(
        string Channel,
        string Campaign,
        string Segment,
        long Days,
        long Impressions,
        long Clicks,
        long Conversions,
        decimal Spend,
        decimal? Value,
        long ValuedConversions,
        double? Lift
    )
    {
        public CellHistory ToHistory() =>
            new(
                new Cell(Channel, Campaign, Segment),
                Impressions,
                Clicks,
                Conversions,
                Spend,
                Value,
                ValuedConversions,
                Math.Clamp(Lift ?? 1, 1 / MostLift, MostLift)
            );
    }

    // What a day cost says something of the price of a click only where the clicks are known too.
    private const string HistorySql = """
        select channel, campaign, segment, count(*) filter (where ours) as days,
            coalesce(sum(impressions) filter (where ours), 0)::bigint as impressions,
            coalesce(sum(clicks) filter (where ours), 0)::bigint as clicks,
            coalesce(sum(conversions) filter (where ours), 0)::bigint as conversions,
            coalesce(sum(spend) filter (where ours and clicks is not null), 0) as spend,
            sum(value) filter (where ours) as value,
            coalesce(sum(conversions) filter (where ours and value is not null), 0)::bigint as valued_conversions,
            min(e.lift) as lift
        from (select *, currency = @currency as ours from performance where date >= @First and date < @date) p
        left join (
            select channel, segment, revenue * sum(reach) over of_channel / nullif(sum(revenue * reach) over of_channel, 0) as lift
            from channel_effectiveness where currency = @currency
            window of_channel as (partition by channel)
        ) e using (channel, segment)
        group by channel, campaign, segment
        order by channel, campaign, segment
        """;

    private const string PreviousSql = """
        select id from allocations where currency = @currency and date < @date order by date desc, id desc limit 1
        """;

    private const string PreviousCellsSql = """
        select channel, campaign, segment, amount from allocation_cells where allocation_id = @previousId
        """;
}
