using Dapper;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Recipients;

/// <summary>All that decides whether and how somebody is mailed, over all ids that are this person.</summary>
/// <param name="Id">The person's canonical id.</param>
/// <param name="TimeZone">As the shop gave it; not checked.</param>
/// <param name="Language">BCP 47 tag, as the shop gave it.</param>
/// <param name="ConsentGranted">The newest word on e-mail marketing; null where none was ever said.</param>
internal sealed record Person(
    Guid Id,
    string? Address,
    string? FirstName,
    string? LastName,
    bool? ConsentGranted,
    DateTimeOffset? ConsentAt,
    string? ConsentSource,
    string? SuppressedFor,
    DateTimeOffset? SuppressedAt,
    string? Language = null,
    string? TimeZone = null
);

/// <summary>Reads persons. Not a repository: three decisions (welcome, send, unsubscribe) must see exactly the same person.</summary>
internal static class People
{
    private const string Sql = $"""
        with wanted as (
            select distinct canonical_id from recipients where customer_id = any(@Ids)
        ), address as (
            select distinct on (r.canonical_id) r.*
            from recipients r join wanted using (canonical_id)
            order by r.canonical_id, r.email is null, r.customer_id <> r.canonical_id, r.profile_at desc nulls last
        ), word as (
            select distinct on (r.canonical_id) r.canonical_id, c.granted, c.at, c.source
            from recipients r
            join wanted using (canonical_id)
            join consents c on c.customer_id = r.customer_id and c.purpose = '{ConsentPurposes.EmailMarketing}'
            order by r.canonical_id, c.at desc, c.granted
        )
        select a.canonical_id as id, a.email as address, a.first_name, a.last_name, w.granted as consent_granted, w.at as consent_at,
            w.source as consent_source, s.reason as suppressed_for, s.at as suppressed_at, a.language, a.time_zone
        from address a
        left join word w using (canonical_id)
        left join suppressions s on s.address_hash = a.address_hash
        """;

    /// <returns>The persons behind these ids; fewer where ids are unknown or belong together.</returns>
    public static Task<IReadOnlyList<Person>> LoadAsync(UnitOfWork work, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        work.QueryAsync<Person>(Sql, new { Ids = ids.ToArray() }, ct);

    /// <summary>Two results for <see cref="ReadByIdAsync"/>: persons, and who is whom. Parameter: Ids.</summary>
    public const string ByIdSql = $"""
        {Sql};
        select customer_id, canonical_id from recipients where customer_id = any(@Ids)
        """;

    /// <returns>The person behind each id of which anything is known.</returns>
    public static async Task<IReadOnlyDictionary<Guid, Person>> ReadByIdAsync(SqlMapper.GridReader results)
    {
        var people = (await results.ReadAsync<Person>()).ToDictionary(person => person.Id);
        return (await results.ReadAsync<(Guid Asked, Guid Person)>()).ToDictionary(row => row.Asked, row => people[row.Person]);
    }

    /// <inheritdoc cref="ReadByIdAsync"/>
    public static async Task<IReadOnlyDictionary<Guid, Person>> ByIdAsync(UnitOfWork work, Guid[] ids, CancellationToken ct)
    {
        await using var results = await work.Connection.QueryMultipleAsync(
            new CommandDefinition(ByIdSql, new { Ids = ids }, cancellationToken: ct)
        );
        return await ReadByIdAsync(results);
    }

    /// <returns>The person behind this id, or null where nothing is known.</returns>
    public static Task<Person?> FindAsync(EmailDatabase db, Guid id, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<Person>(Sql, new { Ids = new[] { id } }, ct);

    /// <summary>Keeps others from changing what these persons are until the transaction ends: what is read next is the last word.</summary>
    public static Task LockAsync(UnitOfWork work, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            select 1 from recipients
            where canonical_id in (select canonical_id from recipients where customer_id = any(@Ids))
            order by customer_id for update
            """,
            new { Ids = ids.ToArray() },
            ct
        );
}
