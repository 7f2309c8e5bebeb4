using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>
/// Stores each refund once. It may come before its order, and its order may never come: both meet when segments are evaluated.
/// </summary>
internal sealed class OrderRefundedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, OrderRefunded>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderRefunded>> messages, UnitOfWork work, CancellationToken ct)
    {
        var refunds = messages.Select(m => m.Message).ToList();
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = refunds.ConvertAll(r => r.RefundId).ToArray(),
                Customers = refunds.ConvertAll(r => r.CustomerId).ToArray(),
                Orders = refunds.ConvertAll(r => r.OrderId).ToArray(),
                At = refunds.ConvertAll(r => r.At.UtcDateTime).ToArray(),
                Amounts = refunds.ConvertAll(r => r.Amount).ToArray(),
                Currencies = refunds.ConvertAll(r => r.Currency).ToArray(),
            },
            ct
        );
        await StoreEvents.MarkAsync(work, refunds.Select(r => r.CustomerId), ct);
    }

    private const string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        insert into refunds as r (refund_id, origin_id, order_id, at, amount, currency)
        select distinct on (id) id, customer, order_id, at, amount, currency
        from unnest(@Ids::text[], @Customers::uuid[], @Orders::text[], @At::timestamptz[], @Amounts::numeric[], @Currencies::text[])
            as news (id, customer, order_id, at, amount, currency)
        where not is_erased(customer)
        order by id, at desc
        on conflict (refund_id) do update set
            origin_id = excluded.origin_id, order_id = excluded.order_id, at = excluded.at,
            amount = excluded.amount, currency = excluded.currency
        where excluded.at > r.at;
        {SegmentationDatabase.MarkChanged}
        """;
}
