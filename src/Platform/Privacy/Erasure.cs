using Dapper;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Platform.Privacy;

/// <summary>What an erasure did.</summary>
/// <param name="Ids">Every id that was this person.</param>
/// <param name="Tables">Tables that lost rows.</param>
public sealed record Erased(IReadOnlyList<Guid> Ids, IReadOnlyList<TableRows> Tables);

/// <summary>Forgets people in one service: its own rows, and messages that wait in its outbox or for another attempt.</summary>
public static class Erasure
{
    /// <summary>
    /// Taken by whoever writes about people outside of a consumer, exclusive for whoever erases: no row of an erased person can be on its
    /// way while others go. Consumers take it by themselves.
    /// </summary>
    public const string SharedLock = "select pg_advisory_xact_lock_shared(5367001, 1)";
    private const string ExclusiveLock = "select pg_advisory_xact_lock(5367001, 1)";

    /// <summary>Keeps everybody from erasing until the transaction ends.</summary>
    /// <returns>When a person was last erased; null: nobody ever.</returns>
    internal static async Task<DateTimeOffset?> LockSharedAsync(UnitOfWork work, CancellationToken ct)
    {
        // Two statements in one round: the second sees what was erased while the first waited.
        await using var results = await work.Connection.QueryMultipleAsync(
            new CommandDefinition(SharedLock + "; select max(at) from platform.erased", cancellationToken: ct)
        );
        await results.ReadAsync();
        return await results.ReadSingleAsync<DateTimeOffset?>();
    }

    /// <summary>
    /// Waits until nobody writes about people, and keeps everybody from it until the transaction ends. <see cref="EraseAsync"/> does so
    /// itself; call it before where the transaction reads people first.
    /// </summary>
    public static async Task LockForErasureAsync(this UnitOfWork work, PersonalDataMap map, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(map);
        // This lock first: who waits for the service's own already holds this one shared.
        await work.ExecuteAsync(ExclusiveLock, null, ct);
        if (map.LockSql.Length > 0)
            await work.ExecuteAsync(map.LockSql, null, ct);
    }

    /// <summary>
    /// Deletes everything of a person in the caller's transaction, and remembers hashes of the ids, so that nothing that comes late
    /// brings the person back (<c>platform.is_erased(id)</c>). Doing it again deletes what came in between.
    /// </summary>
    /// <param name="ids">Ids of one person.</param>
    /// <param name="words">The person's other names, for messages that know no id; null where messages always do.</param>
    public static async Task<Erased> EraseAsync(
        this UnitOfWork work,
        PersonalDataMap map,
        IEnumerable<Guid> ids,
        DateTimeOffset at,
        CancellationToken ct,
        PersonWords? words = null
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(map);
        await work.LockForErasureAsync(map, ct);
        var asked = ids.ToArray();
        var everybody = (await work.QueryAsync<Guid>(map.SamePersonSql, new { Ids = asked }, ct)).Union(asked).OrderBy(id => id).ToArray();
        await work.ExecuteAsync(RememberSql, new { Ids = everybody, At = at.ToUniversalTime() }, ct);
        var tables = new List<TableRows>();
        foreach (var (table, isOfPerson) in map.ByDepth())
            Count(table, await work.ExecuteAsync($"delete from {table} where {isOfPerson}", new { Ids = everybody }, ct));
        foreach (var table in MessageRedaction.Tables)
            Count(table, await MessageRedaction.ForgetAsync(work, table, new PersonTraces(everybody, words ?? PersonWords.None), ct));
        return new Erased(everybody, tables);

        void Count(string table, long rows)
        {
            if (rows > 0)
                tables.Add(new TableRows(table, rows));
        }
    }

    private const string RememberSql = """
        insert into platform.erased (id_hash, at) select distinct sha256(uuid_send(id)), @At::timestamptz from unnest(@Ids::uuid[]) as person (id)
        order by 1
        on conflict (id_hash) do nothing
        """;
}
