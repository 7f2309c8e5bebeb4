using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Segmentation.Rfm;

/// <summary>What an evaluation was based on.</summary>
/// <param name="NewestOrderOn">Recency counts back from this day; null without orders.</param>
/// <param name="Currency">The currency of most orders, in which money is counted.</param>
/// <param name="ForeignOrders">Orders in other currencies, left out of monetary.</param>
internal sealed record RfmBasis(DateOnly? NewestOrderOn, string? Currency, long ForeignOrders);

/// <summary>Keeps <c>rfm_scores</c> by the rules of <see cref="RfmScoring"/>; touches only rows that changed.</summary>
internal static class RfmTable
{
    public static async Task<RfmBasis> RefreshAsync(UnitOfWork work, string timeZone, CancellationToken ct)
    {
        var basis = await work.QuerySingleAsync<RfmBasis>(BasisSql, new { timeZone }, ct);
        await work.ExecuteAsync(RefreshSql, new { timeZone, basis.Currency }, ct);
        return basis;
    }

    private const string BasisSql = """
        with by_currency as (select currency, count(*) as orders, max(at) as newest from orders group by currency)
        select (max(newest) at time zone @timeZone)::date as newest_order_on,
               (array_agg(currency order by orders desc, currency collate "C"))[1] as currency,
               (coalesce(sum(orders) - max(orders), 0))::bigint as foreign_orders
        from by_currency
        """;

    private const string RefreshSql = """
        with
        returned_by_order as (
            select order_id, currency, sum(amount) as amount from refunds where order_id is not null group by order_id, currency
        ),
        returned as (
            select coalesce(g.root_id, r.origin_id) as customer_id, sum(r.amount) as amount
            from refunds r left join merges g on g.from_id = r.origin_id
            where r.currency = @Currency
            group by 1
        ),
        bought as (
            select coalesce(g.root_id, o.origin_id) as customer_id,
                   max(o.at) filter (where o.total <= 0 or b.amount is null or b.amount < o.total) as last_order_at,
                   count(*) filter (where o.total <= 0 or b.amount is null or b.amount < o.total) as frequency,
                   coalesce(sum(o.total) filter (where o.currency = @Currency), 0) as paid
            from orders o
            left join merges g on g.from_id = o.origin_id
            left join returned_by_order b on b.order_id = o.order_id and b.currency = o.currency
            group by 1
        ),
        customers_scored as (
            select customer_id, (last_order_at at time zone @timeZone)::date as last_order_on, frequency,
                   paid - coalesce(amount, 0) as monetary
            from bought left join returned using (customer_id)
            where frequency > 0 and (coalesce(amount, 0) = 0 or amount < paid)
        ),
        fresh as materialized (
            select customer_id, last_order_on, frequency, monetary,
                   1 + 5 * (rank() over (order by last_order_on) - 1) / count(*) over () as r,
                   1 + 5 * (rank() over (order by frequency) - 1) / count(*) over () as f,
                   1 + 5 * (rank() over (order by monetary) - 1) / count(*) over () as m
            from customers_scored
        ),
        gone as (
            delete from rfm_scores s where not exists (select from fresh n where n.customer_id = s.customer_id)
            returning s.customer_id
        ),
        asked as (
            -- Rules may ask for scores.
            insert into dirty (origin_id, bulk)
            select n.customer_id, true from fresh n left join rfm_scores old using (customer_id)
            where (old.r, old.f, old.m) is distinct from (n.r, n.f, n.m)
            union
            select customer_id, true from gone
        )
        insert into rfm_scores as s (customer_id, last_order_on, frequency, monetary, r, f, m)
        select n.customer_id, n.last_order_on, n.frequency, n.monetary, n.r, n.f, n.m
        from fresh n
        left join rfm_scores old using (customer_id)
        where (old.last_order_on, old.frequency, old.monetary, old.r, old.f, old.m)
            is distinct from (n.last_order_on, n.frequency, n.monetary, n.r, n.f, n.m)
        on conflict (customer_id) do update set
            last_order_on = excluded.last_order_on, frequency = excluded.frequency, monetary = excluded.monetary,
            r = excluded.r, f = excluded.f, m = excluded.m
        """;
}
