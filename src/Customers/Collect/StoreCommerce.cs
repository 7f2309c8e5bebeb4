using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Customers.Orders;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Stores what events with a semantic name mean for carts, orders and refunds.</summary>
internal static class StoreCommerce
{
    /// <returns>Events with a semantic name that lack what it needs: kept as behaviour, and named as rejected.</returns>
    public static async Task<IReadOnlyList<RejectedCall>> StoreAsync(
        UnitOfWork work,
        IReadOnlyList<StoredEvent> events,
        Shop shop,
        DayCounts counts,
        CancellationToken ct
    )
    {
        // What a customer puts into the cart after an order belongs to the next cart: a customer's second round waits for the first order.
        var rounds = new List<(List<ArrivedTouch> Touches, List<Order> Orders)>();
        var ordersOf = new Dictionary<Guid, int>();
        var refunds = new List<Refund>();
        var unusable = new List<RejectedCall>();
        foreach (var (id, customer, call) in events.OrderBy(e => e.Call.At))
        {
            var round = ordersOf.GetValueOrDefault(customer);
            if (round == rounds.Count)
                rounds.Add(([], []));
            switch (Commerce.Read(call, shop.Currency))
            {
                case Commerce.Touch t:
                    rounds[round]
                        .Touches.Add(
                            new ArrivedTouch(customer, t.CartId, new CartTouch(id, t.Kind, t.Lines, call.At), t.Currency, call.TraceParent)
                        );
                    break;
                case Commerce.Bought o:
                    rounds[round]
                        .Orders.Add(
                            new Order(customer, o.OrderId, o.CartId, o.Lines, o.Total, o.Currency, call.At, call.TraceParent, o.Coupons)
                        );
                    ordersOf[customer] = round + 1;
                    break;
                case Commerce.GivenBack r:
                    refunds.Add(new Refund(customer, call.MessageId, r.OrderId, r.Lines, r.Amount, r.Currency, call.At, call.TraceParent));
                    break;
                case Commerce.Unusable u:
                    unusable.Add(new RejectedCall(0, call.MessageId, u.Reason, u.Detail, call.Data?.GetRawText() ?? ""));
                    break;
            }
        }
        foreach (var (touches, orders) in rounds)
        {
            await StoreCarts.StoreAsync(work, touches, ct);
            await StoreOrders.StoreAsync(work, orders, counts, ct);
        }
        await StoreRefunds.StoreAsync(work, refunds, shop.Currency, ct);
        return unusable;
    }
}
