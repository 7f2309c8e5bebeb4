using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>
/// Remembers when each customer last ordered, for ever: an order that comes before the cart that it empties must win as well. And keeps orders, to
/// be joined to the visits before them.
/// </summary>
internal sealed class OrderPlacedConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, OrderPlaced>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct) =>
        work.ExecuteAsync(
            Sql,
            new
            {
                Ids = messages.Select(m => m.Message.CustomerId).ToArray(),
                At = messages.Select(m => m.Message.At.UtcDateTime).ToArray(),
                Orders = messages.Select(m => m.Message.OrderId).ToArray(),
                Totals = messages.Select(m => m.Message.Total).ToArray(),
                Currencies = messages.Select(m => m.Message.Currency).ToArray(),
            },
            ct
        );

    private const string Sql = $"""
        {AdsDatabase.SharedWithErasure}
        insert into ad_orders (order_id, customer_id, at, total, currency)
        select distinct on (order_id) order_id, id, at, total, currency
        from unnest(@Orders::text[], @Ids::uuid[], @At::timestamptz[], @Totals::numeric[], @Currencies::text[])
            as news (order_id, id, at, total, currency)
        where not is_erased(id)
        order by order_id, at, id
        on conflict (order_id) do nothing;
        insert into last_orders as o (customer_id, at)
        select id, max(at) from unnest(@Ids::uuid[], @At::timestamptz[]) as news (id, at)
        where not is_erased(id)
        group by id order by id
        on conflict (customer_id) do update set at = excluded.at where excluded.at > o.at
        """;
}
