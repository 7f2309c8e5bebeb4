using System.Text.Json;
using Dapper;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Reads what rules ask about some customers: two ways to the database and back, however many customers.</summary>
internal static class ReadFacts
{
    /// <returns>One entry for each of the ids that is a customer of their own: known, and not merged into another.</returns>
    public static async Task<IReadOnlyList<CustomerFacts>> ReadAsync(
        UnitOfWork work,
        IReadOnlyCollection<Guid> ids,
        RuleNeeds needs,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var origins = await work.QueryAsync<Origin>(OriginsSql, new { Ids = ids.ToArray() }, ct);
        // One way to the database and back, whatever is asked; what no rule needs is not asked.
        List<string> questions = [PeopleSql, ConsentsSql, BuiltInSql];
        if (needs.Window > TimeSpan.Zero)
            questions.Add(EventsSql);
        if (needs.Orders)
            questions.AddRange(OrdersSql, RefundsSql);
        if (needs.Lines)
            questions.Add(LinesSql);
        if (needs.Scores)
            questions.Add(ScoresSql);
        await using var answers = await work.Connection.QueryMultipleAsync(
            new CommandDefinition(
                string.Join(";\n", questions),
                new
                {
                    Customers = origins.Select(o => o.CustomerId).ToArray(),
                    Origins = origins.Select(o => o.OriginId).ToArray(),
                    Names = needs.Names.ToArray(),
                    Detailed = needs.Detailed.ToArray(),
                    Channels = needs.Channels.ToArray(),
                    needs.Everything,
                    Oldest = now - needs.Window,
                    Roots = origins.Select(o => o.CustomerId).Distinct().ToArray(),
                },
                cancellationToken: ct
            )
        );
        var people = await answers.ReadAsync<Person>();
        var consents = Group(await answers.ReadAsync<Consent>(), c => c.CustomerId);
        var builtIn = Group(await answers.ReadAsync<Membership>(), m => m.CustomerId);
        var events = needs.Window > TimeSpan.Zero ? Group(await answers.ReadAsync<Event>(), e => e.CustomerId) : [];
        var orders = needs.Orders ? Group(await answers.ReadAsync<Order>(), o => o.CustomerId) : [];
        var refunds = needs.Orders ? Group(await answers.ReadAsync<Refund>(), r => r.CustomerId) : [];
        var lines = needs.Lines ? Group(await answers.ReadAsync<Line>(), l => l.OrderId) : [];
        var scores = needs.Scores ? Group(await answers.ReadAsync<Score>(), s => s.CustomerId) : [];
        return
        [
            .. people.Select(p => new CustomerFacts(
                p.CustomerId,
                Fields(p, scores.GetValueOrDefault(p.CustomerId, [])),
                Instants(p),
                consents.GetValueOrDefault(p.CustomerId, []).Where(c => c.Granted).Select(c => c.Purpose).ToHashSet(),
                builtIn.GetValueOrDefault(p.CustomerId, []).Select(m => m.Key).ToHashSet(),
                Named(events.GetValueOrDefault(p.CustomerId, [])),
                [
                    .. orders
                        .GetValueOrDefault(p.CustomerId, [])
                        .OrderBy(o => o.At)
                        .ThenBy(o => o.OrderId, StringComparer.Ordinal)
                        .Select(o => new OrderFact(
                            o.OrderId,
                            o.At,
                            o.Total,
                            o.Currency,
                            [
                                .. lines
                                    .GetValueOrDefault(o.OrderId, [])
                                    .Select(l => new OrderLineFact(l.ProductId, l.Category, l.Quantity, l.UnitPrice)),
                            ]
                        )),
                ],
                [.. refunds.GetValueOrDefault(p.CustomerId, []).Select(r => new RefundFact(r.At, r.Amount, r.Currency))]
            )),
        ];
    }

    private static Dictionary<TKey, List<T>> Group<T, TKey>(IEnumerable<T> rows, Func<T, TKey> key)
        where TKey : notnull
    {
        var groups = new Dictionary<TKey, List<T>>();
        foreach (var row in rows)
        {
            if (!groups.TryGetValue(key(row), out var group))
                groups[key(row)] = group = [];
            group.Add(row);
        }
        return groups;
    }

    private static Dictionary<string, Literal> Fields(Person person, IEnumerable<Score> scores)
    {
        var fields = person.Traits is null ? [] : Scalars(person.Traits);
        foreach (var (name, value) in new[] { ("rfm.r", person.R), ("rfm.f", person.F), ("rfm.m", person.M) })
            if (value is { } score)
                fields[name] = Literal.Of(score);
        foreach (var score in scores)
            fields[Vocabulary.ScorePrefix + score.Name] = Literal.Of(score.Value);
        return fields;
    }

    private static Dictionary<string, DateTimeOffset> Instants(Person person)
    {
        var instants = new Dictionary<string, DateTimeOffset> { ["first_seen"] = person.FirstSeenAt, ["last_seen"] = person.LastSeenAt };
        if (person.LastOrderAt is { } last)
            instants["last_order"] = last;
        return instants;
    }

    private static Dictionary<string, IReadOnlyList<EventFact>> Named(List<Event> events) =>
        events
            .GroupBy(e => e.Name)
            .ToDictionary(
                g => g.Key,
                IReadOnlyList<EventFact> (g) =>
                    [
                        .. g.OrderBy(e => e.At)
                            .ThenBy(e => e.EventId)
                            .Select(e => new EventFact(e.Channel, e.Properties is null ? null : Scalars(e.Properties), e.At, e.EventId)),
                    ]
            );

    private static Dictionary<string, Literal> Scalars(string json)
    {
        using var document = JsonDocument.Parse(json);
        var scalars = new Dictionary<string, Literal>();
        foreach (var member in document.RootElement.EnumerateObject())
            if (Literal.Read(member.Value) is { } value)
                scalars[member.Name] = value;
        return scalars;
    }

    private sealed record Origin(Guid CustomerId, Guid OriginId);

    private sealed record Person(
        Guid CustomerId,
        string? Traits,
        DateTimeOffset FirstSeenAt,
        DateTimeOffset LastSeenAt,
        DateTimeOffset? LastOrderAt,
        int? R,
        int? F,
        int? M
    );

    private sealed record Consent(Guid CustomerId, string Purpose, bool Granted);

    private sealed record Membership(Guid CustomerId, string Key);

    private sealed record Event(Guid CustomerId, Guid EventId, string Name, string? Channel, string? Properties, DateTimeOffset At);

    private sealed record Order(Guid CustomerId, string OrderId, DateTimeOffset At, decimal Total, string Currency);

    private sealed record Refund(Guid CustomerId, DateTimeOffset At, decimal Amount, string Currency);

    private sealed record Line(string OrderId, string ProductId, string? Category, int Quantity, decimal UnitPrice);

    private sealed record Score(Guid CustomerId, string Name, decimal Value);

    private const string OriginsSql = """
        select id as customer_id, id as origin_id from unnest(@Ids::uuid[]) as asked (id)
        where not exists (select from merges g where g.from_id = id and g.root_id <> id)
        union
        select g.root_id, g.from_id from merges g where g.root_id = any (@Ids)
        """;

    private const string Who = "unnest(@Customers::uuid[], @Origins::uuid[]) as who (customer_id, origin_id)";

    private const string PeopleSql = $"""
        select p.customer_id, own.traits::text as traits, p.first_seen_at, p.last_seen_at, p.last_order_at, rfm.r, rfm.f, rfm.m
        from (
            select who.customer_id, min(c.first_seen_at) as first_seen_at, max(c.last_seen_at) as last_seen_at,
                   max(c.last_order_at) as last_order_at
            from {Who} join customers c using (origin_id)
            group by 1
        ) p
        left join customers own on own.origin_id = p.customer_id
        left join rfm_scores rfm on rfm.customer_id = p.customer_id
        """;

    private const string ConsentsSql = $"""
        select distinct on (who.customer_id, c.purpose) who.customer_id, c.purpose, c.granted
        from {Who} join consents c using (origin_id)
        order by who.customer_id, c.purpose, c.at desc, c.granted
        """;

    private const string BuiltInSql = """
        select m.customer_id, s.key from memberships m join segments s on s.id = m.segment_id
        where m.customer_id = any (@Roots) and s.rule is null
        """;

    private const string EventsSql = $"""
        select who.customer_id, e.event_id, e.name, e.channel,
               case when @Everything or e.name = any (@Detailed) or e.channel = any (@Channels) then e.properties::text end as properties, e.at
        from {Who} join events e using (origin_id)
        where (@Everything or e.name = any (@Names) or e.channel = any (@Channels)) and e.at > @Oldest
        """;

    private const string OrdersSql = $"""
        select who.customer_id, o.order_id, o.at, o.total, o.currency from {Who} join orders o using (origin_id)
        """;

    private const string RefundsSql = $"""
        select who.customer_id, r.at, r.amount, r.currency from {Who} join refunds r using (origin_id)
        """;

    private const string LinesSql = $"""
        select l.order_id, l.product_id, p.category, l.quantity, l.unit_price
        from {Who} join orders o using (origin_id) join order_lines l using (order_id) left join products p using (product_id)
        """;

    private const string ScoresSql = "select customer_id, name, value from scores where customer_id = any (@Roots)";
}
