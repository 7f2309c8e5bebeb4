using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>Stores each order once; of differing copies of one order the latest by event time.</summary>
internal sealed class OrderPlacedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, OrderPlaced>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        var orders = messages.Select(m => m.Message).ToList();
        var lines = orders.SelectMany((o, i) => o.Lines.Select((l, n) => (Order: i, Line: n, l))).ToList();
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = orders.ConvertAll(o => o.OrderId).ToArray(),
                Customers = orders.ConvertAll(o => o.CustomerId).ToArray(),
                At = orders.ConvertAll(o => o.At.UtcDateTime).ToArray(),
                Totals = orders.ConvertAll(o => o.Total).ToArray(),
                Currencies = orders.ConvertAll(o => o.Currency).ToArray(),
                LineOrders = lines.ConvertAll(l => l.Order + 1).ToArray(),
                Lines = lines.ConvertAll(l => l.Line).ToArray(),
                Products = lines.ConvertAll(l => l.l.ProductId).ToArray(),
                Quantities = lines.ConvertAll(l => l.l.Quantity).ToArray(),
                Prices = lines.ConvertAll(l => l.l.UnitPrice).ToArray(),
            },
            ct
        );
        await StoreEvents.MarkAsync(work, orders.Select(o => o.CustomerId), ct);
    }

    private const string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        insert into customers as c (origin_id, first_seen_at, last_seen_at, last_order_at)
        select id, min(at), max(at), max(at)
        from unnest(@Customers::uuid[], @At::timestamptz[]) as news (id, at)
        where not is_erased(id)
        group by id order by id
        on conflict (origin_id) do update set
            first_seen_at = least(c.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at),
            last_order_at = greatest(c.last_order_at, excluded.last_order_at);
        with
        news as materialized (
            select distinct on (id) id, customer, at, total, currency, place
            from unnest(@Ids::text[], @Customers::uuid[], @At::timestamptz[], @Totals::numeric[], @Currencies::text[])
                with ordinality as news (id, customer, at, total, currency, place)
            where not is_erased(customer)
            order by id, at desc
        ),
        before as (select o.order_id, o.origin_id from orders o join news on news.id = o.order_id),
        stored as (
            insert into orders as o (order_id, origin_id, at, total, currency)
            select id, customer, at, total, currency from news
            on conflict (order_id) do update set
                origin_id = excluded.origin_id, at = excluded.at, total = excluded.total, currency = excluded.currency
            where excluded.at > o.at
            returning order_id
        ),
        fresh as (
            select news.id, l.line, l.product, l.quantity, l.price
            from stored join news on news.id = stored.order_id
            join unnest(@LineOrders::int[], @Lines::int[], @Products::text[], @Quantities::int[], @Prices::numeric[])
                as l (place, line, product, quantity, price) using (place)
        ),
        gone as (
            delete from order_lines old using stored
            where old.order_id = stored.order_id
              and not exists (select from fresh where fresh.id = old.order_id and fresh.line = old.line)
        ),
        kept as (
            insert into order_lines (order_id, line, product_id, quantity, unit_price)
            select id, line, product, quantity, price from fresh
            on conflict (order_id, line) do update set
                product_id = excluded.product_id, quantity = excluded.quantity, unit_price = excluded.unit_price
        )
        insert into dirty (origin_id) select distinct origin_id from before;
        {SegmentationDatabase.MarkChanged}
        """;
}
