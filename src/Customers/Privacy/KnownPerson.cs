using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>A person with everything that names this person.</summary>
/// <param name="Id">The id that the others were folded into.</param>
/// <param name="Ids">Every id that was ever this person, <paramref name="Id"/> among them.</param>
/// <param name="Names">User ids, anonymous ids, addresses, phone numbers.</param>
internal sealed record KnownPerson(Guid Id, IReadOnlyList<Guid> Ids, IReadOnlyList<string> Names)
{
    /// <summary>Where calls, rows of files and messages of other systems hold such names.</summary>
    private static readonly string[] Properties =
    [
        "userId",
        "user_id",
        "anonymousId",
        "anonymous_id",
        "previousId",
        "previous_id",
        "email",
        "phone",
        "customer",
        "customer_id",
    ];

    public PersonWords Words => PersonWords.Of(Names, Properties);

    /// <summary>Finds a person by any of the ids, and keeps others from changing who that is until the transaction ends.</summary>
    public static async Task<KnownPerson?> FindAsync(UnitOfWork work, Guid id, CancellationToken ct)
    {
        var current = await work.QuerySingleOrDefaultAsync<Guid?>(
            "select id from customers where id = coalesce((select into_id from merges where from_id = @Id), @Id) for update",
            new { Id = id },
            ct
        );
        if (current is not { } person)
            return null;
        var ids = await work.QueryAsync<Guid>("select from_id from merges where into_id = @Id", new { Id = person }, ct);
        var names = await work.QueryAsync<string>(NamesSql, new { Id = person }, ct);
        return new KnownPerson(person, [person, .. ids], names);
    }

    private const string NamesSql = """
        select value from identifiers where customer_id = @Id
        union
        select trait.value -> 'v' #>> '{}'
        from customers c, jsonb_each(c.traits) as trait (name, value)
        where c.id = @Id and lower(trait.name) in ('email', 'phone') and trait.value -> 'v' #>> '{}' <> ''
        """;
}
