using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.Orders;

/// <summary>What this platform is told of an order: not how far the parcel is.</summary>
internal enum OrderState
{
    Placed,
    PartlyRefunded,
    Refunded,
}

/// <param name="Name">As the order had it, else the catalogue, else the id.</param>
internal sealed record KnownLine(string ProductId, string Name, int Quantity);

/// <summary>An order of the person who asks.</summary>
/// <param name="Refunded">What went back so far, in the order's currency.</param>
internal sealed record KnownOrder(
    string OrderId,
    DateTimeOffset PlacedAt,
    decimal Total,
    string Currency,
    decimal Refunded,
    DateTimeOffset? RefundedAt,
    IReadOnlyList<KnownLine> Lines
)
{
    // Somebody with more orders asks for one of the newer ones.
    private const int Newest = 200;

    public OrderState Status =>
        Refunded <= 0 ? OrderState.Placed
        : Refunded >= Total ? OrderState.Refunded
        : OrderState.PartlyRefunded;

    /// <summary>The person's orders under whichever of their ids, newest first. Nobody else's: there is no other way to read an order.</summary>
    public static async Task<IReadOnlyList<KnownOrder>> OfPersonAsync(UnitOfWork work, Guid customer, CancellationToken ct)
    {
        var rows = await work.QueryAsync<Row>(Sql, new { customer, Newest }, ct);
        return
        [
            .. rows.Select(r => new KnownOrder(
                r.OrderId,
                r.At,
                r.Total,
                r.Currency,
                r.Refunded,
                r.RefundedAt,
                JsonSerializer.Deserialize<KnownLine[]>(r.Lines, Json.Options) ?? []
            )),
        ];
    }

    private sealed record Row(
        string OrderId,
        DateTimeOffset At,
        decimal Total,
        string Currency,
        decimal Refunded,
        DateTimeOffset? RefundedAt,
        string Lines
    );

    private const string Sql = """
        with mine as (
            select order_id, at, total, currency from orders
            where customer_id in (select same_person(@customer))
            order by at desc, order_id desc
            limit @Newest
        )
        select mine.order_id, mine.at, mine.total, mine.currency, coalesce(back.amount, 0) as refunded, back.at as refunded_at,
            coalesce(lines.list, '[]')::text as lines
        from mine
        left join lateral (
            select sum(r.amount) as amount, max(r.at) as at from refunds r where r.order_id = mine.order_id and r.currency = mine.currency
        ) back on true
        left join lateral (
            select jsonb_agg(
                jsonb_build_object('productId', l.product_id, 'name', coalesce(l.name, p.name, l.product_id), 'quantity', l.quantity)
                order by l.place) as list
            from order_lines l left join products p using (product_id)
            where l.order_id = mine.order_id
        ) lines on true
        order by mine.at desc, mine.order_id desc
        """;
}
