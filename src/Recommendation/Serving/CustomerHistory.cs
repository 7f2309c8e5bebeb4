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
    private const int MostPurchases = 1_000;

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
        var people = customers.Distinct().ToDictionary(customer => customer, _ => new Read());
        await using var connection = await database.OpenAsync(ct);
        // Planning takes longer than reading a person: a connection plans it once, whoever is asked for.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set plan_cache_mode = force_generic_plan"),
                new NpgsqlBatchCommand(Sql)
                {
                    Parameters =
                    {
                        new NpgsqlParameter("Customers", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = customers.ToArray() },
                        new NpgsqlParameter("Until", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)
                        {
                            Value = until is null ? DBNull.Value : until.Select(at => at.UtcDateTime).ToArray(),
                        },
                    },
                },
            },
        };
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var person = people[reader.GetGuid(0)];
            switch (reader.GetChar(1))
            {
                case 'b':
                    person.Lines.Add((reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
                    break;
                case 's':
                    person.Segments.Add(reader.GetString(2));
                    break;
                case 'r':
                    person.Refused = true;
                    break;
                case var kind:
                    person.Interests.Add(new Interest(reader.GetString(2), kind == 'a', reader.GetFieldValue<DateTimeOffset>(3)));
                    break;
            }
        }
        return people.ToDictionary(
            person => person.Key,
            person =>
                person.Value is { Lines.Count: 0, Interests.Count: 0, Segments.Count: 0, Refused: false }
                    ? Empty
                    : new CustomerHistory(Purchases(person.Value.Lines), person.Value.Interests)
                    {
                        Segments = person.Value.Segments,
                        Profiled = !person.Value.Refused,
                    }
        );
    }

    /// <summary>Order lines put together by product, newest first, ties by id. An order names a product in one line.</summary>
    internal static List<Purchase> Purchases(List<(string ProductId, DateTimeOffset At)> lines)
    {
        // Newest first, so that of each product the first line met is the newest, the last one the oldest.
        lines.Sort((a, b) => a.At != b.At ? b.At.CompareTo(a.At) : string.CompareOrdinal(a.ProductId, b.ProductId));
        var (purchases, places) = (new List<Purchase>(lines.Count), new Dictionary<string, int>(lines.Count, StringComparer.Ordinal));
        foreach (var (product, at) in lines)
        {
            if (places.TryGetValue(product, out var place))
            {
                var known = purchases[place];
                purchases[place] = known with { Times = known.Times + 1, First = at, Newest = Older(known, at) };
            }
            else if (purchases.Count < MostPurchases)
            {
                places.Add(product, purchases.Count);
                purchases.Add(new Purchase(product, at, First: at));
            }
        }
        return purchases;

        // Two orders of one moment are told as one time.
        static IReadOnlyList<DateTimeOffset>? Older(Purchase known, DateTimeOffset at) =>
            at == known.First || known.Newest is { Count: Purchase.MostTimes } ? known.Newest : [.. known.Newest ?? [known.At], at];
    }

    /// <summary>What is read of one person, in the order in which it comes.</summary>
    private sealed class Read
    {
        public List<(string ProductId, DateTimeOffset At)> Lines { get; } = [];
        public List<Interest> Interests { get; } = [];
        public List<string> Segments { get; } = [];
        public bool Refused { get; set; }
    }

    // person: every id of everybody who was asked for, as same_person() finds them, for all at once. Order lines are put together here, not
    // there: sorting and counting them took the database four times what reading them does.
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
        select asked, 'r'::"char" as kind, '' as product_id, '-infinity'::timestamptz as at
        from refused
        union all
        select p.asked, 'b'::"char", b.product_id, b.at
        from allowed p join bought b on b.customer_id = p.id
        where p.until is null or b.at < p.until
        union all
        (select asked, case when adds > 0 then 'a'::"char" else 'v'::"char" end, product_id, at from (
            select p.asked, i.product_id, max(i.last_at) as at, max(i.adds) as adds,
                row_number() over (partition by p.asked order by max(i.last_at) desc, i.product_id) as place
            from allowed p join product_interest i on i.customer_id = p.id
            where p.until is null or i.last_at < p.until
            group by p.asked, i.product_id
        ) interests where place <= 20 order by asked, place)
        union all
        select distinct p.asked, 's'::"char", s.segment, '-infinity'::timestamptz
        from allowed p join segment_members s on s.customer_id = p.id
        where s.is_member
        """;
}
