using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Orders;

/// <summary>
/// Stores refunds, each once, and publishes them. One whose amount only its order can tell waits until the order is there: news come in any
/// order.
/// </summary>
internal static class StoreRefunds
{
    /// <returns>How many refunds were not known before.</returns>
    public static async Task<int> StoreAsync(UnitOfWork work, IReadOnlyList<Refund> refunds, string shopCurrency, CancellationToken ct)
    {
        var ids = refunds.Select(refund => refund.RefundId).Distinct().ToArray();
        if (ids.Length == 0)
            return 0;
        var known = (
            await work.QueryAsync<string>("select refund_id from refunds where refund_id = any(@ids)", new { ids }, ct)
        ).ToHashSet();
        var fresh = InOrder(refunds.DistinctBy(refund => refund.RefundId).Where(refund => !known.Contains(refund.RefundId)));
        var settled = Settle(fresh, await OrdersAsync(work, fresh, ct), shopCurrency);
        var stored = (
            await work.QueryAsync<string>(
                InsertSql,
                new
                {
                    Ids = fresh.Select(refund => refund.RefundId).ToArray(),
                    Orders = fresh.Select(refund => refund.OrderId).ToArray(),
                    Customers = fresh.Select(refund => refund.CustomerId).ToArray(),
                    Lines = fresh.Select(refund => Lines(settled[refund]?.Lines ?? refund.Lines)).ToArray(),
                    Amounts = fresh.Select(refund => settled[refund]?.Amount ?? 0).ToArray(),
                    Currencies = fresh.Select(refund => settled[refund]?.Currency ?? refund.Currency ?? shopCurrency).ToArray(),
                    Times = fresh.Select(refund => refund.At).ToArray(),
                    SaidAmounts = fresh.Select(refund => refund.Amount).ToArray(),
                    SaidCurrencies = fresh.Select(refund => refund.Currency).ToArray(),
                    Settled = fresh.Select(refund => settled[refund] is not null).ToArray(),
                },
                ct
            )
        ).ToHashSet();
        Publish(work, fresh.Where(refund => stored.Contains(refund.RefundId)), settled);
        return stored.Count;
    }

    /// <summary>Settles refunds that waited for orders which are there now.</summary>
    /// <param name="orders">Null: any.</param>
    public static async Task SettleAsync(UnitOfWork work, IReadOnlyCollection<string>? orders, CancellationToken ct)
    {
        var waiting = InOrder(
            (await work.QueryAsync<Row>(WaitingSql, new { Orders = orders?.ToArray() }, ct)).Select(row => row.ToRefund())
        );
        if (waiting.Count == 0)
            return;
        // Each has an order, and with it a currency.
        var settled = Settle(waiting, await OrdersAsync(work, waiting, ct), shopCurrency: "");
        await work.ExecuteAsync(
            SettleSql,
            new
            {
                Ids = waiting.Select(refund => refund.RefundId).ToArray(),
                Lines = waiting.Select(refund => Lines(settled[refund]!.Lines)).ToArray(),
                Amounts = waiting.Select(refund => settled[refund]!.Amount).ToArray(),
                Currencies = waiting.Select(refund => settled[refund]!.Currency).ToArray(),
            },
            ct
        );
        Publish(work, waiting, settled);
    }

    private static Dictionary<Refund, Settled?> Settle(
        IReadOnlyList<Refund> refunds,
        Dictionary<string, RefundedOrder> orders,
        string shopCurrency
    )
    {
        var settled = new Dictionary<Refund, Settled?>(ReferenceEqualityComparer.Instance);
        foreach (var refund in refunds)
        {
            var order = refund.OrderId is { } id ? orders.GetValueOrDefault(id) : null;
            settled[refund] = refund.Settle(order, shopCurrency);
            if (order is not null && settled[refund] is { } amount)
                orders[refund.OrderId!] = order.Less(amount);
        }
        return settled;
    }

    private static void Publish(UnitOfWork work, IEnumerable<Refund> refunds, Dictionary<Refund, Settled?> settled)
    {
        foreach (var refund in refunds)
            if (settled[refund] is { } given)
                work.Publish(
                    new OrderRefunded(
                        refund.CustomerId,
                        refund.RefundId,
                        refund.OrderId,
                        given.Lines,
                        given.Amount,
                        given.Currency,
                        refund.At
                    ),
                    refund.TraceParent
                );
    }

    /// <summary>Locked, so that two refunds of one order at the same time do not give back more than it cost.</summary>
    private static async Task<Dictionary<string, RefundedOrder>> OrdersAsync(
        UnitOfWork work,
        IReadOnlyList<Refund> refunds,
        CancellationToken ct
    )
    {
        var ids = refunds.Select(refund => refund.OrderId).OfType<string>().Distinct().ToArray();
        if (ids.Length == 0)
            return [];
        await work.QueryAsync<string>(
            "select order_id from orders where order_id = any(@ids) order by order_id for no key update",
            new { ids },
            ct
        );
        return (await work.QueryAsync<OrderRow>(OrdersSql, new { ids }, ct)).ToDictionary(
            row => row.OrderId,
            row => new RefundedOrder(row.Total, row.Currency, Lines(row.Lines), row.GivenBack)
        );
    }

    private static List<Refund> InOrder(IEnumerable<Refund> refunds) =>
        [.. refunds.OrderBy(refund => refund.At).ThenBy(refund => refund.RefundId, StringComparer.Ordinal)];

    private static string Lines(IReadOnlyList<CartLine> lines) => JsonSerializer.Serialize(lines, Json.Options);

    private static CartLine[] Lines(string lines) => JsonSerializer.Deserialize<CartLine[]>(lines, Json.Options)!;

    private sealed record OrderRow(string OrderId, decimal Total, string Currency, string Lines, decimal GivenBack);

    private sealed record Row(
        Guid CustomerId,
        string RefundId,
        string OrderId,
        string Lines,
        decimal? SaidAmount,
        string? SaidCurrency,
        DateTimeOffset At
    )
    {
        public Refund ToRefund() => new(CustomerId, RefundId, OrderId, StoreRefunds.Lines(Lines), SaidAmount, SaidCurrency, At, null);
    }

    private const string OrdersSql = """
        select o.order_id, o.total, o.currency, o.lines::text as lines, coalesce(sum(r.amount), 0) as given_back
        from orders o left join refunds r on r.order_id = o.order_id and r.currency = o.currency
        where o.order_id = any(@ids) group by o.order_id
        """;

    private const string InsertSql = """
        insert into refunds (refund_id, order_id, customer_id, lines, amount, currency, at, said_amount, said_currency, settled)
        select id, order_id, customer, lines::jsonb, amount, currency, at, said_amount, said_currency, settled
        from unnest(@Ids::text[], @Orders::text[], @Customers::uuid[], @Lines::text[], @Amounts::numeric[], @Currencies::text[],
                    @Times::timestamptz[], @SaidAmounts::numeric[], @SaidCurrencies::text[], @Settled::boolean[])
            as r (id, order_id, customer, lines, amount, currency, at, said_amount, said_currency, settled)
        order by id
        on conflict do nothing
        returning refund_id
        """;

    private const string WaitingSql = """
        select r.customer_id, r.refund_id, r.order_id, r.lines::text as lines, r.said_amount, r.said_currency, r.at
        from refunds r join orders o using (order_id)
        where not r.settled and (@Orders::text[] is null or r.order_id = any(@Orders))
        order by r.refund_id for update of r skip locked
        """;

    private const string SettleSql = """
        update refunds r set lines = s.lines::jsonb, amount = s.amount, currency = s.currency, settled = true
        from unnest(@Ids::text[], @Lines::text[], @Amounts::numeric[], @Currencies::text[]) as s (id, lines, amount, currency)
        where r.refund_id = s.id
        """;
}
