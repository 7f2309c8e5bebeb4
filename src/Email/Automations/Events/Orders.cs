using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>Keeps who bought what, and tells automations of each order once, however often it is told.</summary>
internal sealed class Orders(AutomationIntake intake)
{
    /// <summary>Stands for the product of an order without lines.</summary>
    private const string NoProduct = "";

    public async Task HandleAsync(UnitOfWork work, IReadOnlyList<Received<OrderPlaced>> messages, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var lines = messages.SelectMany(m => ProductsOf(m.Message).Select(product => (m.Message, Product: product))).ToArray();
        var added = (
            await work.QueryAsync<string>(
                """
                insert into purchases (order_id, product_id, customer_id, at)
                select p.* from unnest(@Orders::text[], @Products::text[], @Customers::uuid[], @Times::timestamptz[])
                    as p (order_id, product_id, customer_id, at)
                where not is_erased(p.customer_id)
                order by 1, 2
                on conflict do nothing returning order_id
                """,
                new
                {
                    Orders = lines.Select(l => l.Message.OrderId).ToArray(),
                    Products = lines.Select(l => l.Product).ToArray(),
                    Customers = lines.Select(l => l.Message.CustomerId).ToArray(),
                    Times = lines.Select(l => l.Message.At.ToUniversalTime()).ToArray(),
                },
                ct
            )
        ).ToHashSet();
        await AddTotalsAsync(work, messages, ct);
        await intake.HandleAsync(
            work,
            messages.Where(m => added.Contains(m.Message.OrderId)).DistinctBy(m => m.Message.OrderId).Select(ToEvent),
            ct
        );
    }

    private static Task AddTotalsAsync(UnitOfWork work, IReadOnlyList<Received<OrderPlaced>> messages, CancellationToken ct)
    {
        var orders = messages
            .Select(m => m.Message)
            .DistinctBy(order => order.OrderId)
            .OrderBy(order => order.OrderId, StringComparer.Ordinal);
        var rows = orders.ToArray();
        return work.ExecuteAsync(
            """
            insert into order_totals (order_id, customer_id, total, currency, at)
            select o.* from unnest(@Orders::text[], @Customers::uuid[], @Totals::numeric[], @Currencies::text[], @Times::timestamptz[])
                as o (order_id, customer_id, total, currency, at)
            where not is_erased(o.customer_id)
            on conflict do nothing
            """,
            new
            {
                Orders = rows.Select(order => order.OrderId).ToArray(),
                Customers = rows.Select(order => order.CustomerId).ToArray(),
                Totals = rows.Select(order => order.Total).ToArray(),
                Currencies = rows.Select(order => order.Currency).ToArray(),
                Times = rows.Select(order => order.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    internal static AutomationEvent ToEvent(Received<OrderPlaced> received)
    {
        var order = received.Message;
        var data = new Dictionary<string, object>
        {
            [EventData.Order] = order.OrderId,
            [EventData.Lines] = order.Lines,
            ["total"] = order.Total,
            ["currency"] = order.Currency,
        };
        if (order.CartId is { } cart)
            data[EventData.Cart] = cart;
        return new(
            received.MessageId,
            order.CustomerId,
            EventNames.Order,
            order.At,
            JsonSerializer.SerializeToElement(data, Json.Options),
            received.TraceParent
        );
    }

    private static IEnumerable<string> ProductsOf(OrderPlaced order) =>
        order.Lines.Count == 0 ? [NoProduct] : order.Lines.Select(line => line.ProductId).Distinct();
}
