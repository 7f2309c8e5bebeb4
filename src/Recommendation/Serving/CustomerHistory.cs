using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A product that a customer bought.</summary>
/// <param name="At">The newest time.</param>
/// <param name="Times">In how many orders.</param>
/// <param name="First">The oldest time; <paramref name="At"/> where it is not said.</param>
/// <param name="Newest">The newest times, last one first, at most <see cref="MostTimes"/>; null where it was bought once.</param>
internal readonly record struct Purchase(
    string ProductId,
    DateTimeOffset At,
    int Times = 1,
    DateTimeOffset? First = null,
    IReadOnlyList<DateTimeOffset>? Newest = null
)
{
    public const int MostTimes = 20;
}

/// <summary>A product that a customer looked at or put into a cart.</summary>
internal readonly record struct Interest(string ProductId, bool AddedToCart, DateTimeOffset At);

/// <summary>What is known of a person, newest first. Empty for an unknown one and for one who does not want to be profiled.</summary>
internal sealed record CustomerHistory(IReadOnlyList<Purchase> Bought, IReadOnlyList<Interest> Interests)
{
    public static readonly CustomerHistory Empty = new([], []);

    /// <value>Segments that the person is in.</value>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <value>False for a person who does not want to be profiled.</value>
    public bool Profiled { get; init; } = true;

    /// <summary>All ids of a person count as one; the latest consent of any of them decides. One query, however many are asked for.</summary>
    /// <param name="until">Only what happened before then; null: everything. What was looked at again later is then missing.</param>
    public static async Task<IReadOnlyDictionary<Guid, CustomerHistory>> ReadAsync(
        RecommendationDatabase database,
        IReadOnlyCollection<Guid> customers,
        IReadOnlyCollection<DateTimeOffset>? until,
        CancellationToken ct
    )
    {
        var people = new Dictionary<Guid, (List<Purchase> Bought, List<Interest> Interests, List<string> Segments, bool Refused)>();
        await using var connection = await database.OpenAsync(ct);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter("Customers", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = customers.ToArray() });
        command.Parameters.Add(
            new NpgsqlParameter("Until", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)
            {
                Value = until is null ? DBNull.Value : until.Select(at => at.UtcDateTime).ToArray(),
            }
        );
        // Planning it takes longer than running it for one person: a connection plans it once.
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var asked = reader.GetGuid(0);
            if (!people.TryGetValue(asked, out var person))
            {
                people.Add(asked, person = ([], [], [], false));
            }
            switch (reader.GetChar(1))
            {
                case 'b':
                    person.Bought.Add(
                        new Purchase(
                            reader.GetString(2),
                            reader.GetFieldValue<DateTimeOffset>(3),
                            reader.GetInt32(4),
                            reader.GetFieldValue<DateTimeOffset>(5),
                            reader.IsDBNull(6) ? null : Array.ConvertAll(reader.GetFieldValue<DateTime[]>(6), at => new DateTimeOffset(at))
                        )
                    );
                    break;
                case 's':
                    person.Segments.Add(reader.GetString(2));
                    break;
                case 'r':
                    people[asked] = person with { Refused = true };
                    break;
                case var kind:
                    person.Interests.Add(new Interest(reader.GetString(2), kind == 'a', reader.GetFieldValue<DateTimeOffset>(3)));
                    break;
            }
        }
        var found = people.ToDictionary(
            person => person.Key,
            person => new CustomerHistory(person.Value.Bought, person.Value.Interests)
            {
                Segments = person.Value.Segments,
                Profiled = !person.Value.Refused,
            }
        );
        foreach (var customer in customers)
        {
            found.TryAdd(customer, Empty);
        }
        return found;
    }

    // person: every id of everybody who was asked for, as same_person() finds them, for all at once.
    private const string Sql = """
        with recursive asked as materialized (
            select distinct on (customer) customer as asked, until
            from unnest(@Customers::uuid[], @Until::timestamptz[]) as a (customer, until)
        ), up (asked, id, depth) as (
            select asked, asked, 0 from asked
            union all
            select up.asked, a.into_id, up.depth + 1
            from up join customer_aliases a on a.from_id = up.id and a.merged
            where up.depth < 32
        ), person (asked, id) as (
            select * from (select distinct on (asked) asked, id from up order by asked, depth desc) owner
            union
            select person.asked, a.from_id from person join customer_aliases a on a.into_id = person.id and a.merged
        ), people as materialized (
            select person.asked, person.id, asked.until from person join asked using (asked)
        ), refused as materialized (
            select asked from (
                select distinct on (p.asked) p.asked, c.granted
                from people p join profiling_consents c on c.customer_id = p.id
                order by p.asked, c.at desc, c.granted
            ) latest where not granted
        ), allowed as materialized (
            select * from people where asked not in (select asked from refused)
        )
        select asked, 'r'::"char" as kind, '' as product_id, '-infinity'::timestamptz as at, 0 as times, '-infinity'::timestamptz as first,
            null::timestamptz[] as newest
        from refused
        union all
        (select asked, 'b'::"char", product_id, at, times, first, newest from (
            select p.asked, b.product_id, max(b.at) as at, count(distinct b.order_id)::int as times, min(b.at) as first,
                case when min(b.at) < max(b.at) then (array_agg(distinct b.at order by b.at desc))[1:20] end as newest,
                row_number() over (partition by p.asked order by max(b.at) desc, b.product_id) as place
            from allowed p join bought b on b.customer_id = p.id
            where p.until is null or b.at < p.until
            group by p.asked, b.product_id
        ) purchases where place <= 1000 order by asked, place)
        union all
        (select asked, case when adds > 0 then 'a'::"char" else 'v'::"char" end, product_id, at, 1, at, null::timestamptz[] from (
            select p.asked, i.product_id, max(i.last_at) as at, max(i.adds) as adds,
                row_number() over (partition by p.asked order by max(i.last_at) desc, i.product_id) as place
            from allowed p join product_interest i on i.customer_id = p.id
            where p.until is null or i.last_at < p.until
            group by p.asked, i.product_id
        ) interests where place <= 20 order by asked, place)
        union all
        select distinct p.asked, 's'::"char", s.segment, '-infinity'::timestamptz, 0, '-infinity'::timestamptz, null::timestamptz[]
        from allowed p join segment_members s on s.customer_id = p.id
        where s.is_member
        """;
}
