using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.Orders;

/// <summary>Keeps a copy of each order, to answer from. An order counts once by its id; the first message of it wins.</summary>
internal sealed class OrderPlacedConsumer(InboxServices<ChatbotDatabase> inbox) : InboxConsumer<ChatbotDatabase, OrderPlaced>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        var orders = messages.Select(m => m.Message).DistinctBy(o => o.OrderId).ToArray();
        var lines = orders
            .SelectMany(o => o.Lines.Where(l => l.Quantity > 0).Select((line, place) => (o.OrderId, Line: line, Place: place)))
            .ToArray();
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            Sql,
            new
            {
                OrderIds = orders.Select(o => o.OrderId).ToArray(),
                CustomerIds = orders.Select(o => o.CustomerId).ToArray(),
                Totals = orders.Select(o => o.Total).ToArray(),
                Currencies = orders.Select(o => o.Currency).ToArray(),
                Ats = orders.Select(o => o.At.ToUniversalTime()).ToArray(),
                LineOrderIds = lines.Select(l => l.OrderId).ToArray(),
                LinePlaces = lines.Select(l => l.Place).ToArray(),
                LineProductIds = lines.Select(l => l.Line.ProductId).ToArray(),
                LineNames = lines.Select(l => l.Line.Name).ToArray(),
                LineQuantities = lines.Select(l => l.Line.Quantity).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        with placed as (
            insert into orders (order_id, customer_id, total, currency, at)
            select order_id, customer_id, total, currency, at
            from unnest(@OrderIds::text[], @CustomerIds::uuid[], @Totals::numeric[], @Currencies::text[], @Ats::timestamptz[])
                as o (order_id, customer_id, total, currency, at)
            where not is_erased(customer_id)
            order by order_id
            on conflict (order_id) do nothing
            returning order_id
        )
        insert into order_lines (order_id, place, product_id, name, quantity)
        select order_id, place, product_id, name, quantity
        from unnest(@LineOrderIds::text[], @LinePlaces::int[], @LineProductIds::text[], @LineNames::text[], @LineQuantities::int[])
            as l (order_id, place, product_id, name, quantity)
        join placed using (order_id)
        """;
}
