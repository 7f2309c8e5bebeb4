using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>
/// Reads from the database what <see cref="ChannelTally"/> counts in memory: a touch is an event that names its channel, and a customer counts in
/// every segment that they belong to now. Only sums leave the database, however many customers there are.
/// </summary>
internal static class ChannelTable
{
    /// <param name="days">How far back touches, orders and spend count.</param>
    public static async Task<(ChannelTally Tally, IReadOnlyDictionary<string, decimal> Spend)> ReadAsync(
        UnitOfWork work,
        int days,
        TimeSpan window,
        Shop shop,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var what = new
        {
            Since = now.AddDays(-days),
            now,
            window,
            shop.Currency,
            shop.TimeZone,
            Outcomes = Vocabulary.Outcomes.ToArray(),
            Undergone = Vocabulary.Undergone.ToArray(),
        };
        await work.ExecuteAsync("set local jit = off; set local work_mem = '64MB';", null, ct);
        var rows = await work.QueryAsync<Row>(SumsSql, what, ct);
        var spend = await work.QueryAsync<(string Channel, decimal Amount)>(SpendSql, what, ct);
        return (
            new ChannelTally(
                [
                    .. rows.Where(r => r.Segment is not null)
                        .Select(r => new ChannelSums(r.Segment!, r.Channel, r.Reach, r.Engaged, r.Converted, r.Revenue, r.RevenueSquares)),
                ],
                rows.Where(r => r.Segment is null).ToDictionary(r => r.Channel, r => r.Reach)
            ),
            spend.ToDictionary(s => s.Channel, s => s.Amount)
        );
    }

    private sealed record Row(
        string? Segment,
        string Channel,
        long Reach,
        long Engaged,
        long Converted,
        double Revenue,
        double RevenueSquares
    );

    // An order belongs to the run of events that the last touch before it began.
    private const string SumsSql = """
        with
        touches as materialized (
            select coalesce(g.root_id, e.origin_id) as customer_id, e.channel, e.at, e.name <> all (@Undergone) as engaged
            from events e left join merges g on g.from_id = e.origin_id
            where e.channel is not null and e.at > @Since and e.at <= @now and e.name <> all (@Outcomes)
        ),
        reached as materialized (
            select customer_id, channel, bool_or(engaged) as engaged from touches group by 1, 2
        ),
        money as materialized (
            select coalesce(g.root_id, o.origin_id) as customer_id, o.at, o.value
            from (
                select origin_id, at, total as value from orders where currency = @Currency and at > @Since and at <= @now
                union all
                select origin_id, at, -amount from refunds where currency = @Currency and at > @Since and at <= @now
            ) o left join merges g on g.from_id = o.origin_id
        ),
        timeline as (
            select customer_id, at, channel, null::numeric as value from touches where customer_id in (select customer_id from money)
            union all
            select customer_id, at, null, value from money
        ),
        runs as (
            select *, count(channel) over (
                partition by customer_id order by at, value is not null, channel collate "C" rows unbounded preceding) as run
            from timeline
        ),
        led as (
            select customer_id, value, at, max(channel) over w as channel, min(at) over w as touched_at
            from runs window w as (partition by customer_id, run)
        ),
        credited as (
            select customer_id, channel, count(*) filter (where value >= 0) as orders, sum(value) as revenue
            from led where value is not null and channel is not null and touched_at >= at - @window
            group by 1, 2
        )
        select s.key as segment, r.channel, count(*) as reach, count(*) filter (where r.engaged) as engaged,
               count(*) filter (where c.orders > 0) as converted, coalesce(sum(c.revenue), 0)::float8 as revenue,
               coalesce(sum(c.revenue * c.revenue), 0)::float8 as revenue_squares
        from reached r
        join memberships m using (customer_id)
        join segments s on s.id = m.segment_id and not s.deleting
        left join credited c using (customer_id, channel)
        group by 1, 2
        union all
        select null, channel, count(*), 0, 0, 0, 0 from reached group by channel
        """;

    private const string SpendSql = """
        select channel, sum(spend) as amount from channel_spend
        where currency = @Currency and date > (@Since at time zone @TimeZone)::date and date <= (@now at time zone @TimeZone)::date
        group by channel
        """;
}
