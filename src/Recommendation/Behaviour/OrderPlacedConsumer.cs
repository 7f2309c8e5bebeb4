using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Remembers what was bought; an order counts once by its id, the first message of it wins. Products it names become known.
/// </summary>
internal sealed class OrderPlacedConsumer(InboxServices<RecommendationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<RecommendationDatabase, OrderPlaced>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        var orders = messages.Select(m => m.Message).DistinctBy(o => o.OrderId).ToArray();
        var lines = orders.SelectMany(o => o.Lines.Select(line => (Order: o, Line: line))).Where(l => l.Line.Quantity > 0).ToArray();
        await InferredProducts.SaveAsync(work, lines, ct);
        var added = await work.QuerySingleAsync<int>(
            Sql,
            new
            {
                OrderIds = orders.Select(o => o.OrderId).ToArray(),
                CustomerIds = orders.Select(o => o.CustomerId).ToArray(),
                Totals = orders.Select(o => o.Total).ToArray(),
                Ats = orders.Select(o => o.At.ToUniversalTime()).ToArray(),
                LineOrderIds = lines.Select(l => l.Order.OrderId).ToArray(),
                LineProductIds = lines.Select(l => l.Line.ProductId).ToArray(),
                LineQuantities = lines.Select(l => l.Line.Quantity).ToArray(),
            },
            ct
        );
        if (added > 0)
        {
            await TrainingSignals.AddAsync(work, requested: false, added, clock.GetUtcNow(), ct);
        }
    }

    private const string Sql = """
        with placed as (
            insert into orders (order_id, customer_id, total, at)
            select order_id, customer_id, total, at
            from unnest(@OrderIds::text[], @CustomerIds::uuid[], @Totals::numeric[], @Ats::timestamptz[])
                as o (order_id, customer_id, total, at)
            where not is_erased(customer_id)
            order by order_id
            on conflict (order_id) do nothing
            returning order_id
        ), items as (
            insert into order_items (order_id, product_id, quantity)
            select order_id, product_id, least(sum(quantity), 2147483647)::int
            from unnest(@LineOrderIds::text[], @LineProductIds::text[], @LineQuantities::int[]) as l (order_id, product_id, quantity)
            join placed using (order_id)
            group by order_id, product_id
        )
        select count(*)::int from placed
        """;
}
