using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Customers.Identity;

/// <summary>Reads and writes who is who, for a whole set at once.</summary>
internal static class ResolveIdentities
{
    /// <summary>Who the identifiers lead to. Until the end of the transaction nobody can fold these customers into others.</summary>
    public static async Task<IdentityMap> LoadAsync(
        UnitOfWork work,
        IReadOnlyCollection<Identifier> ids,
        Func<Guid> newId,
        CancellationToken ct
    )
    {
        var wanted = ids.Distinct().ToArray();
        var rows = await work.QueryAsync<Row>(
            """
            select i.kind, i.value, i.customer_id, c.user_id, c.first_seen_at, c.last_seen_at,
                   (c.user_id is not null or exists (select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id')) as named,
                   (select string_agg(k.other_id::text, ' ') from kept_apart k where k.customer_id = i.customer_id) as apart
            from unnest(@Kinds::text[], @Values::text[]) as w (kind, value)
            join identifiers i using (kind, value)
            join customers c on c.id = i.customer_id
            order by c.id for key share of c
            """,
            new { Kinds = wanted.Select(id => id.Kind).ToArray(), Values = wanted.Select(id => id.Value).ToArray() },
            ct
        );
        // Only who may get another identifier is counted; in most sets everybody is known by all of them.
        var values =
            rows.Count == 0 || rows.Count == wanted.Length
                ? []
                : await work.QueryAsync<(Guid Customer, string Kind, int Count)>(
                    """
                    select customer_id, kind, count(*)::int from identifiers where customer_id = any(@Ids) and kind <> 'user_id'
                    group by customer_id, kind
                    """,
                    new { Ids = rows.Select(row => row.CustomerId).Distinct().ToArray() },
                    ct
                );
        return new IdentityMap(
            rows.ToDictionary(row => new Identifier(row.Kind, row.Value), row => row.CustomerId),
            rows.Where(row => row.Named).Select(row => row.CustomerId).ToHashSet(),
            newId,
            rows.SelectMany(row => row.KeptApart()).ToHashSet()
        )
        {
            Values = values.ToDictionary(row => (row.Customer, row.Kind), row => row.Count),
            Seen = rows.DistinctBy(row => row.CustomerId)
                .ToDictionary(row => row.CustomerId, row => new SeenBefore(row.UserId, row.FirstSeenAt, row.LastSeenAt)),
        };
    }

    /// <summary>Stores new identifiers and merges; publishes each merge.</summary>
    /// <exception cref="IdentityRaceException">Another instance gave one of the identifiers to somebody meanwhile: roll back and begin again.</exception>
    public static async Task SaveAsync(UnitOfWork work, IdentityMap map, CancellationToken ct)
    {
        // Always in the same order, so that two instances cannot wait for each other.
        var added = map.Added.OrderBy(entry => entry.Key.Kind).ThenBy(entry => entry.Key.Value, StringComparer.Ordinal).ToArray();
        if (added.Length > 0)
        {
            var stored = await work.ExecuteAsync(
                """
                insert into identifiers (kind, value, customer_id)
                select * from unnest(@Kinds::text[], @Values::text[], @Customers::uuid[])
                on conflict do nothing
                """,
                new
                {
                    Kinds = added.Select(entry => entry.Key.Kind).ToArray(),
                    Values = added.Select(entry => entry.Key.Value).ToArray(),
                    Customers = added.Select(entry => map.Current(entry.Value)).ToArray(),
                },
                ct
            );
            if (stored != added.Length)
                throw new IdentityRaceException();
        }
        // A customer who was made and folded within this set never existed for anybody else.
        var merges = map.Merges.Where(merge => !map.Created.Contains(merge.From)).ToArray();
        if (merges.Length == 0)
            return;
        await LockAsync(work, [.. merges.SelectMany(merge => new[] { merge.From, map.Current(merge.From) }).Except(map.Created)], ct);
        await MergedRows.MoveAsync(work, [.. merges.Select(merge => (merge.From, map.Current(merge.From), merge.At))], ct);
        foreach (var merge in merges)
            work.Publish(new CustomersMerged(merge.From, map.Current(merge.From), merge.At));
    }

    /// <summary>
    /// Waits until nobody else is storing something about them: what others are about to commit must be there before it is moved.
    /// </summary>
    private static async Task LockAsync(UnitOfWork work, IReadOnlyCollection<Guid> customers, CancellationToken ct)
    {
        const string Sql = "select id from customers where id = any(@Ids) order by id for update";
        if ((await work.QueryAsync<Guid>(Sql, new { Ids = customers.Distinct().ToArray() }, ct)).Count != customers.Distinct().Count())
            throw new IdentityRaceException();
    }

    private sealed record Row(
        string Kind,
        string Value,
        Guid CustomerId,
        string? UserId,
        DateTimeOffset FirstSeenAt,
        DateTimeOffset LastSeenAt,
        bool Named,
        string? Apart
    )
    {
        public IEnumerable<(Guid, Guid)> KeptApart() => (Apart?.Split(' ') ?? []).Select(other => (CustomerId, Guid.Parse(other)));
    }
}

internal sealed class IdentityRaceException() : Exception("Another instance named the same customer at the same time.")
{
    /// <summary>Whether beginning again helps: two instances that merge the same people can also end up waiting for each other.</summary>
    public static bool Explains(Exception e) =>
        e is IdentityRaceException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected };
}
