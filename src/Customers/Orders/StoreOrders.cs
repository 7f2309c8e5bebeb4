using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Orders;

/// <summary>Stores orders, each once, publishes the new ones, closes the carts that were bought, and settles refunds that came before.</summary>
internal static class StoreOrders
{
    /// <returns>Ids of the orders that were not known before.</returns>
    public static async Task<IReadOnlySet<string>> StoreAsync(
        UnitOfWork work,
        IReadOnlyList<Order> orders,
        DayCounts counts,
        CancellationToken ct
    )
    {
        var distinct = orders.DistinctBy(order => order.OrderId).OrderBy(order => order.OrderId, StringComparer.Ordinal).ToArray();
        if (distinct.Length == 0)
            return new HashSet<string>();
        var fresh = (
            await work.QueryAsync<string>(
                InsertOrdersSql,
                new
                {
                    Ids = distinct.Select(order => order.OrderId).ToArray(),
                    Customers = distinct.Select(order => order.CustomerId).ToArray(),
                    Carts = distinct.Select(order => order.CartId).ToArray(),
                    Lines = distinct.Select(order => JsonSerializer.Serialize(order.Lines, Json.Options)).ToArray(),
                    Totals = distinct.Select(order => order.Total).ToArray(),
                    Currencies = distinct.Select(order => order.Currency).ToArray(),
                    Times = distinct.Select(order => order.At).ToArray(),
                },
                ct
            )
        ).ToHashSet();
        var placed = distinct.Where(order => fresh.Contains(order.OrderId)).ToArray();
        foreach (var order in placed)
        {
            counts.Order(order.At, order.Total, order.Currency);
            work.Publish(
                new OrderPlaced(
                    order.CustomerId,
                    order.OrderId,
                    order.Lines,
                    order.Total,
                    order.Currency,
                    order.CartId,
                    order.At,
                    order.Coupons
                ),
                order.TraceParent
            );
        }
        if (placed.Length == 0)
            return fresh;
        await work.ExecuteAsync(
            CloseCartsSql,
            new
            {
                Customers = placed.Select(order => order.CustomerId).ToArray(),
                Carts = placed.Select(order => order.CartId).ToArray(),
                Times = placed.Select(order => order.At).ToArray(),
            },
            ct
        );
        await StoreRefunds.SettleAsync(work, fresh, ct);
        return fresh;
    }

    private const string InsertOrdersSql = """
        insert into orders (order_id, customer_id, cart_id, lines, total, currency, at)
        select id, customer, cart, lines::jsonb, total, currency, at
        from unnest(@Ids::text[], @Customers::uuid[], @Carts::text[], @Lines::text[], @Totals::numeric[], @Currencies::text[], @Times::timestamptz[])
            as o (id, customer, cart, lines, total, currency, at)
        on conflict do nothing
        returning order_id
        """;

    // A cart that the shop named is bought whatever its state. One that we named cannot be named by the order: any order takes it, as an
    // order without cart takes all that the customer left until then, reminded of it or not.
    private const string CloseCartsSql = """
        update carts c set status = 'ordered'
        from unnest(@Customers::uuid[], @Carts::text[], @Times::timestamptz[]) as o (customer, cart, at)
        where c.customer_id = o.customer and (c.cart_id = o.cart or ((o.cart is null or c.generation is not null) and c.touched_at <= o.at))
        """;
}
