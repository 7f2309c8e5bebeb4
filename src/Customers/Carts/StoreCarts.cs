using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Carts;

/// <summary>A touch as it arrived: the shop may not have said which cart it means.</summary>
internal sealed record ArrivedTouch(Guid CustomerId, string? CartId, CartTouch Touch, string Currency, string? TraceParent);

/// <summary>Stores touches and folds the carts they change.</summary>
internal static class StoreCarts
{
    public static async Task StoreAsync(UnitOfWork work, IReadOnlyList<ArrivedTouch> arrived, CancellationToken ct)
    {
        if (arrived.Count == 0)
            return;
        var (touches, generations) = await NameCartsAsync(work, arrived, ct);
        await work.ExecuteAsync(
            InsertTouchesSql,
            new
            {
                Ids = touches.Select(t => t.Touch.EventId).ToArray(),
                Customers = touches.Select(t => t.CustomerId).ToArray(),
                Carts = touches.Select(t => t.CartId).ToArray(),
                Kinds = touches.Select(t => t.Touch.Kind).ToArray(),
                Lines = touches.Select(t => JsonSerializer.Serialize(t.Touch.Lines, Json.Options)).ToArray(),
                Times = touches.Select(t => t.Touch.At).ToArray(),
            },
            ct
        );
        var keys = touches
            .GroupBy(t => (t.CustomerId, CartId: t.CartId!))
            .OrderBy(group => group.Key.CustomerId)
            .ThenBy(group => group.Key.CartId)
            .ToArray();
        var history = (
            await work.QueryAsync<TouchRow>(
                LoadTouchesSql,
                new { Customers = keys.Select(k => k.Key.CustomerId).ToArray(), Carts = keys.Select(k => k.Key.CartId).ToArray() },
                ct
            )
        ).ToLookup(row => (row.CustomerId, row.CartId), row => row.ToTouch());
        var folded = keys.Select(group => new
            {
                group.Key.CustomerId,
                group.Key.CartId,
                Lines = Cart.Fold(history[group.Key]),
                TouchedAt = history[group.Key].Max(touch => touch.At),
                Last = group.MaxBy(t => t.Touch.At)!,
            })
            .ToArray();
        var open = (
            await work.QueryAsync<(Guid CustomerId, string CartId)>(
                SaveCartsSql,
                new
                {
                    Customers = folded.Select(cart => cart.CustomerId).ToArray(),
                    Carts = folded.Select(cart => cart.CartId).ToArray(),
                    Generations = folded.Select(cart => generations.GetValueOrDefault((cart.CustomerId, cart.CartId))).ToArray(),
                    Lines = folded.Select(cart => JsonSerializer.Serialize(cart.Lines, Json.Options)).ToArray(),
                    Currencies = folded.Select(cart => cart.Last.Currency).ToArray(),
                    Times = folded.Select(cart => cart.TouchedAt).ToArray(),
                    Traces = folded.Select(cart => cart.Last.TraceParent).ToArray(),
                },
                ct
            )
        ).ToHashSet();
        foreach (var cart in folded.Where(cart => open.Contains((cart.CustomerId, cart.CartId))))
            work.Publish(
                new CartChanged(cart.CustomerId, cart.CartId, cart.Lines, cart.Last.Currency, cart.TouchedAt),
                cart.Last.TraceParent
            );
    }

    /// <summary>A touch without cart id belongs to the customer's open cart, or begins the next one.</summary>
    private static async Task<(IReadOnlyList<ArrivedTouch> Touches, Dictionary<(Guid, string), int?> Generations)> NameCartsAsync(
        UnitOfWork work,
        IReadOnlyList<ArrivedTouch> arrived,
        CancellationToken ct
    )
    {
        var generations = new Dictionary<(Guid, string), int?>();
        var unnamed = arrived.Where(t => t.CartId is null).Select(t => t.CustomerId).Distinct().ToArray();
        if (unnamed.Length == 0)
            return (arrived, generations);
        var latest = (await work.QueryAsync<Latest>(LatestGenerationSql, new { Customers = unnamed }, ct)).ToDictionary(row =>
            row.CustomerId
        );
        var named = new Dictionary<Guid, string>();
        foreach (var customer in unnamed)
        {
            var last = latest.GetValueOrDefault(customer);
            var generation = last is { Goes: true } ? last.Generation : (last?.Newest ?? 0) + 1;
            // A cart that came by a merge keeps the name that it got from the visitor.
            named[customer] = last is { Goes: true } ? last.CartId : $"{customer:N}-{generation}";
            generations[(customer, named[customer])] = generation;
        }
        return ([.. arrived.Select(t => t.CartId is null ? t with { CartId = named[t.CustomerId] } : t)], generations);
    }

    private sealed record Latest(Guid CustomerId, string CartId, int Generation, int Newest, bool Goes);

    private sealed record TouchRow(Guid CustomerId, string CartId, Guid EventId, string Kind, string Lines, DateTimeOffset At)
    {
        public CartTouch ToTouch() => new(EventId, Kind, JsonSerializer.Deserialize<CartLine[]>(Lines, Json.Options)!, At);
    }

    private const string InsertTouchesSql = """
        insert into cart_touches (event_id, customer_id, cart_id, kind, lines, at)
        select id, customer, cart, kind, lines::jsonb, at
        from unnest(@Ids::uuid[], @Customers::uuid[], @Carts::text[], @Kinds::text[], @Lines::text[], @Times::timestamptz[])
            as t (id, customer, cart, kind, lines, at)
        on conflict do nothing
        """;

    private const string LoadTouchesSql = """
        select t.customer_id, t.cart_id, t.event_id, t.kind, t.lines::text as lines, t.at
        from unnest(@Customers::uuid[], @Carts::text[]) as w (customer_id, cart_id)
        join cart_touches t using (customer_id, cart_id)
        """;

    private const string LatestGenerationSql = """
        select distinct on (customer_id) customer_id, cart_id, generation, max(generation) over (partition by customer_id) as newest,
               (status <> 'ordered' and lines <> '[]') as goes
        from carts where customer_id = any(@Customers) and generation is not null
        order by customer_id, goes desc, touched_at desc, cart_id
        """;

    // An order can overtake the touches of its cart; a cart that was bought or mailed about stays so, however often it is touched.
    private const string SaveCartsSql = """
        insert into carts (customer_id, cart_id, generation, lines, currency, touched_at, trace_parent, status)
        select customer, cart, generation, lines::jsonb, currency, at, trace,
               case when exists (select from orders o where o.customer_id = customer and (o.cart_id = cart or ((o.cart_id is null or generation is not null) and o.at >= c.at)))
                    then 'ordered' else 'open' end
        from unnest(@Customers::uuid[], @Carts::text[], @Generations::int[], @Lines::text[], @Currencies::text[], @Times::timestamptz[], @Traces::text[])
            as c (customer, cart, generation, lines, currency, at, trace)
        on conflict (customer_id, cart_id) do update set
            lines = excluded.lines, currency = excluded.currency, touched_at = excluded.touched_at, trace_parent = excluded.trace_parent,
            status = case when carts.status = 'expired' then excluded.status else carts.status end
        returning (case when status = 'open' then customer_id end), (case when status = 'open' then cart_id end)
        """;
}
