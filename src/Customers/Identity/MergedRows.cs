using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Identity;

/// <summary>Rows that go with a customer who is folded into another, and come back when that is undone.</summary>
internal static class MergedRows
{
    /// <summary>Tables whose rows change their customer and nothing else. Each has <c>customer_id</c> and <c>origin_id</c>.</summary>
    public static readonly IReadOnlyList<string> Tables =
    [
        "identifiers",
        "events",
        "consents",
        "orders",
        "refunds",
        "cart_touches",
        "timeline_entries",
    ];

    public static Task MoveAsync(
        UnitOfWork work,
        IReadOnlyCollection<(Guid From, Guid Into, DateTimeOffset At)> merges,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            MoveSql,
            new
            {
                From = merges.Select(merge => merge.From).ToArray(),
                Into = merges.Select(merge => merge.Into).ToArray(),
                At = merges.Select(merge => merge.At).ToArray(),
            },
            ct
        );

    /// <param name="group">The customer who comes back, and those who were folded into this one before.</param>
    public static Task ReturnAsync(UnitOfWork work, Guid from, Guid into, IReadOnlyCollection<Guid> group, CancellationToken ct) =>
        work.ExecuteAsync(
            ReturnSql,
            new
            {
                From = from,
                Into = into,
                Group = group.ToArray(),
            },
            ct
        );

    private static readonly string MoveSql = $"""
        create temporary table folding on commit drop as
            select * from unnest(@From::uuid[], @Into::uuid[], @At::timestamptz[]) as m (from_id, into_id, at);
        insert into profile_parts (origin_id, customer_id, version, user_id, traits, first_seen_at, last_seen_at)
            select id, id, version, user_id, traits, first_seen_at, last_seen_at from customers
            where id in (select from_id from folding union select into_id from folding)
            on conflict (origin_id) do nothing;
        update profile_parts t set customer_id = f.into_id from folding f where t.customer_id = f.from_id;
        insert into merges (from_id, into_id, merged_into_id, at) select from_id, into_id, into_id, at from folding
            on conflict (from_id) do update set into_id = excluded.into_id, merged_into_id = excluded.merged_into_id, at = excluded.at;
        update merges m set into_id = f.into_id from folding f where m.into_id = f.from_id;
        insert into kept_apart select f.into_id, k.other_id, k.at from kept_apart k join folding f on f.from_id = k.customer_id
            where f.into_id <> k.other_id on conflict do nothing;
        insert into kept_apart select k.customer_id, f.into_id, k.at from kept_apart k join folding f on f.from_id = k.other_id
            where f.into_id <> k.customer_id on conflict do nothing;
        {string.Concat(
            Tables.Select(table =>
                $"update {table} t set customer_id = f.into_id, origin_id = coalesce(t.origin_id, t.customer_id) from folding f where t.customer_id = f.from_id;\n"
            )
        )}
        update folded_carts t set customer_id = f.into_id, origin_id = coalesce(t.origin_id, t.customer_id) from folding f where t.customer_id = f.from_id;
        insert into folded_carts (customer_id, cart_id, generation, lines, currency, touched_at, status, trace_parent, origin_id)
            select f.into_id, t.cart_id, t.generation, t.lines, t.currency, t.touched_at, t.status, t.trace_parent, coalesce(t.origin_id, t.customer_id)
            from folding f join carts t on t.customer_id in (f.from_id, f.into_id)
            where (select count(*) from carts o where o.customer_id in (f.from_id, f.into_id) and o.cart_id = t.cart_id) > 1;
        -- Where both have a cart of the same id the one touched last stays.
        delete from carts t using folding f, carts o
            where t.customer_id = f.from_id and o.customer_id = f.into_id and o.cart_id = t.cart_id and o.touched_at >= t.touched_at;
        delete from carts t using folding f, carts o
            where t.customer_id = f.into_id and o.customer_id = f.from_id and o.cart_id = t.cart_id;
        update carts t set customer_id = f.into_id, origin_id = coalesce(t.origin_id, t.customer_id) from folding f where t.customer_id = f.from_id;
        """;

    private static readonly string ReturnSql = $"""
        {string.Concat(
            Tables.Select(table => $"update {table} set customer_id = @From where customer_id = @Into and origin_id = any(@Group);\n")
        )}
        update carts set customer_id = @From where customer_id = @Into and origin_id = any(@Group);
        update profile_parts set customer_id = @From where customer_id = @Into and origin_id = any(@Group);
        update merges set into_id = @From where from_id = any(@Group) and from_id <> @From;
        delete from merges where from_id = @From;
        """;
}
