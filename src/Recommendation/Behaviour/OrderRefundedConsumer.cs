using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Takes back what was returned: an item whose every piece was refunded no longer counts as bought. A refund without lines counts once it
/// covers the order's total: a smaller one may be mere goodwill. A refund that names no order cannot be placed and is left alone.
/// </summary>
internal sealed class OrderRefundedConsumer(InboxServices<RecommendationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<RecommendationDatabase, OrderRefunded>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderRefunded>> messages, UnitOfWork work, CancellationToken ct)
    {
        var rows = messages
            .Select(m => m.Message)
            .Where(r => r.OrderId is not null)
            .DistinctBy(r => r.RefundId)
            .SelectMany(Rows)
            .GroupBy(r => (r.Refund.RefundId, r.ProductId))
            .Select(g => (g.First().Refund, g.Key.ProductId, Quantity: (int)Math.Min(int.MaxValue, g.Sum(r => (long)r.Quantity))))
            .ToArray();
        if (rows.Length == 0)
        {
            return;
        }
        await work.ExecuteAsync(
            Sql,
            new
            {
                RefundIds = rows.Select(r => r.Refund.RefundId).ToArray(),
                OrderIds = rows.Select(r => r.Refund.OrderId).ToArray(),
                ProductIds = rows.Select(r => r.ProductId).ToArray(),
                CustomerIds = rows.Select(r => r.Refund.CustomerId).ToArray(),
                Quantities = rows.Select(r => r.Quantity).ToArray(),
                Amounts = rows.Select(r => r.Refund.Amount).ToArray(),
            },
            ct
        );
        await TrainingSignals.AddAsync(work, requested: false, orders: 0, clock.GetUtcNow(), ct);
    }

    private static IEnumerable<(OrderRefunded Refund, string ProductId, int Quantity)> Rows(OrderRefunded refund) =>
        refund.Lines.Count == 0
            ? [(refund, "", 0)]
            : refund.Lines.Where(l => l.Quantity > 0).Select(l => (refund, l.ProductId, l.Quantity));

    private const string Sql = """
        insert into refunds (refund_id, order_id, product_id, customer_id, quantity, amount)
        select * from unnest(
            @RefundIds::text[], @OrderIds::text[], @ProductIds::text[], @CustomerIds::uuid[], @Quantities::int[], @Amounts::numeric[]
        ) as r (refund_id, order_id, product_id, customer_id, quantity, amount)
        where not is_erased(r.customer_id)
        order by r.refund_id, r.product_id
        on conflict (refund_id, product_id) do nothing
        """;
}
