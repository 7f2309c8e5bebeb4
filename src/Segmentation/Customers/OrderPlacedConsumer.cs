using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>Stores each order once; of differing copies of one order the latest by event time.</summary>
internal sealed class OrderPlacedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, OrderPlaced>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        var orders = messages.Select(m => m.Message).ToList();
        return work.ExecuteAsync(
            Sql,
            new
            {
                Ids = orders.ConvertAll(o => o.OrderId).ToArray(),
                Customers = orders.ConvertAll(o => o.CustomerId).ToArray(),
                At = orders.ConvertAll(o => o.At.UtcDateTime).ToArray(),
                Totals = orders.ConvertAll(o => o.Total).ToArray(),
                Currencies = orders.ConvertAll(o => o.Currency).ToArray(),
            },
            ct
        );
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
        insert into orders as o (order_id, origin_id, at, total, currency)
        select distinct on (id) id, customer, at, total, currency
        from unnest(@Ids::text[], @Customers::uuid[], @At::timestamptz[], @Totals::numeric[], @Currencies::text[])
            as news (id, customer, at, total, currency)
        where not is_erased(customer)
        order by id, at desc
        on conflict (order_id) do update set
            origin_id = excluded.origin_id, at = excluded.at, total = excluded.total, currency = excluded.currency
        where excluded.at > o.at;
        {SegmentationDatabase.MarkChanged}
        """;
}
