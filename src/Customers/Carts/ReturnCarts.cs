using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Carts;

/// <summary>Gives two customers whose merge is undone each their cart of an id that both had.</summary>
internal static class ReturnCarts
{
    /// <summary>Touches have their customers again; carts are folded from them anew.</summary>
    public static async Task ReturnAsync(UnitOfWork work, Guid from, Guid into, IReadOnlyCollection<Guid> group, CancellationToken ct)
    {
        var shared = await work.QueryAsync<string>(
            RestoreSql,
            new
            {
                From = from,
                Into = into,
                Group = group.ToArray(),
            },
            ct
        );
        if (shared.Count == 0)
            return;
        var touches = await work.QueryAsync<TouchRow>(
            """
            select customer_id, cart_id, event_id, kind, lines::text as lines, at from cart_touches
            where customer_id in (@From, @Into) and cart_id = any(@Carts)
            """,
            new
            {
                From = from,
                Into = into,
                Carts = shared.ToArray(),
            },
            ct
        );
        var folded = touches.GroupBy(row => (row.CustomerId, row.CartId)).ToArray();
        await work.ExecuteAsync(
            """
            update carts c set lines = n.lines::jsonb, touched_at = n.at
            from unnest(@Customers::uuid[], @Carts::text[], @Lines::text[], @Times::timestamptz[]) as n (customer, cart, lines, at)
            where c.customer_id = n.customer and c.cart_id = n.cart
            """,
            new
            {
                Customers = folded.Select(cart => cart.Key.CustomerId).ToArray(),
                Carts = folded.Select(cart => cart.Key.CartId).ToArray(),
                Lines = folded.Select(cart => JsonSerializer.Serialize(Cart.Fold(cart.Select(t => t.ToTouch())), Json.Options)).ToArray(),
                Times = folded.Select(cart => cart.Max(touch => touch.At)).ToArray(),
            },
            ct
        );
    }

    private sealed record TouchRow(Guid CustomerId, string CartId, Guid EventId, string Kind, string Lines, DateTimeOffset At)
    {
        public CartTouch ToTouch() => new(EventId, Kind, JsonSerializer.Deserialize<CartLine[]>(Lines, Json.Options)!, At);
    }

    // Of a cart that both had, the merge kept one row; both were put aside as they were. A cart that was bought meanwhile stays so where
    // it stayed.
    private const string RestoreSql = """
        create temporary table returning_carts on commit drop as
            select distinct on (owner, cart_id) *
            from (
                select case when f.origin_id = any(@Group) then @From::uuid else @Into::uuid end as owner, f.*,
                    (select c.status from carts c where c.customer_id = @Into and c.cart_id = f.cart_id) as status_now
                from folded_carts f
                where f.customer_id = @Into and f.cart_id in (
                    select cart_id from folded_carts where customer_id = @Into and origin_id = any(@Group)
                )
            ) as copies
            order by owner, cart_id, touched_at desc;
        delete from folded_carts where customer_id = @Into and origin_id = any(@Group);
        delete from folded_carts f where f.customer_id = @Into and f.cart_id in (select cart_id from returning_carts)
            and not exists (
                select from folded_carts o
                where o.customer_id = @Into and o.cart_id = f.cart_id and o.origin_id is distinct from f.origin_id
            );
        delete from carts c using returning_carts r where c.customer_id in (@From, @Into) and c.cart_id = r.cart_id;
        insert into carts (customer_id, cart_id, generation, lines, currency, touched_at, status, trace_parent, origin_id)
            select owner, cart_id, generation, lines, currency, touched_at,
                case when owner = @Into and status_now = 'ordered' then status_now else status end, trace_parent, origin_id
            from returning_carts;
        select distinct cart_id from returning_carts;
        """;
}
