using System.Data.Common;
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
    // One person after the other by index: joins of whole tables are what the planner makes of it where a table has just grown and its
    // statistics are old, and then each mail pays for all recipients.
    private const string Sql = $"""
        select p.id, a.email as address, a.first_name, a.last_name, w.granted as consent_granted, w.at as consent_at,
            w.source as consent_source, s.reason as suppressed_for, s.at as suppressed_at, a.language, a.time_zone
        from (select distinct canonical_id as id from recipients where customer_id = any(@Ids)) as p
        cross join lateral (
            select r.* from recipients r where r.canonical_id = p.id
            order by r.email is null, r.customer_id <> r.canonical_id, r.profile_at desc nulls last limit 1
        ) as a
        left join lateral (
            select c.granted, c.at, c.source
            from recipients r cross join lateral (
                select granted, at, source from consents
                where customer_id = r.customer_id and purpose = '{ConsentPurposes.EmailMarketing}' limit 1
            ) as c
            where r.canonical_id = p.id
            order by c.at desc, c.granted limit 1
        ) as w on true
        left join lateral (select reason, at from suppressions where address_hash = a.address_hash limit 1) as s on true
        """;

    /// <returns>The persons behind these ids; fewer where ids are unknown or belong together.</returns>
    public static Task<IReadOnlyList<Person>> LoadAsync(UnitOfWork work, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        work.QueryAsync<Person>(Sql, new { Ids = ids.ToArray() }, ct);

    /// <summary>Two results for <see cref="ReadByIdAsync"/>: persons, and who is whom. Parameter: Ids.</summary>
    public static readonly string[] ByIdSqls = [Sql, "select customer_id, canonical_id from recipients where customer_id = any(@Ids)"];

    private static readonly string ByIdSql = string.Join(";\n", ByIdSqls);

    /// <returns>The person behind each id of which anything is known.</returns>
    public static async Task<IReadOnlyDictionary<Guid, Person>> ReadByIdAsync(DbDataReader results, CancellationToken ct)
    {
        Dictionary<Guid, Person> people = [];
        var read = results.GetRowParser<Person>();
        while (await results.ReadAsync(ct))
        {
            var person = read(results);
            people.Add(person.Id, person);
        }
        await results.NextResultAsync(ct);
        Dictionary<Guid, Person> byId = [];
        while (await results.ReadAsync(ct))
            byId.Add(results.GetGuid(0), people[results.GetGuid(1)]);
        return byId;
    }

    /// <inheritdoc cref="ReadByIdAsync"/>
    public static async Task<IReadOnlyDictionary<Guid, Person>> ByIdAsync(UnitOfWork work, Guid[] ids, CancellationToken ct)
    {
        await using var results = await work.Connection.ExecuteReaderAsync(
            new CommandDefinition(ByIdSql, new { Ids = ids }, cancellationToken: ct)
        );
        return await ReadByIdAsync(results, ct);
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
