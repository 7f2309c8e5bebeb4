using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>What a model for one purpose learns from: users are customers with their baskets, or visits.</summary>
internal sealed record PurposeData(IReadOnlyList<string> ProductIds, Interactions Interactions)
{
    /// <summary>How many different times the users' entries have: lines of one order share theirs.</summary>
    public int Baskets =>
        Enumerable.Range(0, Interactions.Users).Sum(user => Interactions.Of(user).ToArray().DistinctBy(line => line.At).Count());

    /// <summary>Their histories are kept in the model and looked through at each answer: memory and time must have an end.</summary>
    public const int MostCustomers = 20_000;

    /// <summary>See <see cref="MostCustomers"/>.</summary>
    public const int MostVisits = 50_000;

    private const int MostLines = 500;
    private const int MostRows = 500_000;
    private const int MostVisitsOfOne = 20;
    private const int LongestVisit = 50;
    private const int VisitDays = 90;
    private static readonly TimeSpan VisitEnds = TimeSpan.FromMinutes(30);

    /// <summary>Every line of the customers who ordered last, repeats included; lines of one order share its time.</summary>
    public static async Task<PurposeData> BasketsAsync(
        UnitOfWork work,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyCollection<Guid> refused,
        CancellationToken ct
    )
    {
        var set = new TrainingSet();
        var users = new List<IReadOnlyList<HistoryItem>>();
        await foreach (var lines in PeopleAsync(work, BasketsSql, from, to, refused, MostCustomers, ct))
        {
            users.Add([.. lines.TakeLast(MostLines).Select(line => new HistoryItem(set.Number(line.Product), 1, Seconds(line.At)))]);
        }
        return new PurposeData(set.ProductIds, Interactions.Of(users, set.ProductIds.Count));
    }

    /// <summary>
    /// Visits: what one person looked at without a pause of half an hour. Known of each product is the last look only, so a visit is told as
    /// it ended. A person counts with the newest twenty visits, so that a robot does not become the shop's habit.
    /// </summary>
    public static async Task<PurposeData> VisitsAsync(
        UnitOfWork work,
        DateTimeOffset now,
        IReadOnlyCollection<Guid> refused,
        CancellationToken ct
    )
    {
        var set = new TrainingSet();
        var visits = new List<HistoryItem[]>();
        await foreach (var looks in PeopleAsync(work, VisitsSql, now.AddDays(-VisitDays), now, refused, MostRows, ct))
        {
            visits.AddRange(
                Visits(looks)
                    .TakeLast(MostVisitsOfOne)
                    .Select(visit => visit.Select(look => new HistoryItem(set.Number(look.Product), 1, Seconds(look.At))).ToArray())
            );
        }
        var newest = visits.OrderBy(visit => visit[^1].At).TakeLast(MostVisits).ToArray();
        return new PurposeData(set.ProductIds, Interactions.Of(newest, set.ProductIds.Count));
    }

    private static IEnumerable<Line[]> Visits(List<Line> looks)
    {
        var begin = 0;
        for (var at = 1; at <= looks.Count; at++)
        {
            if (at == looks.Count || looks[at].At - looks[at - 1].At > VisitEnds)
            {
                if (at - begin > 1)
                {
                    yield return [.. looks[begin..at].TakeLast(LongestVisit)];
                }
                begin = at;
            }
        }
    }

    private static long Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds();

    private readonly record struct Line(string Product, DateTimeOffset At);

    /// <summary>Each person's lines, oldest first. The list is reused for the next person.</summary>
    private static async IAsyncEnumerable<List<Line>> PeopleAsync(
        UnitOfWork work,
        string sql,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyCollection<Guid> refused,
        int most,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(sql, work.Connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("from", from.ToUniversalTime());
        command.Parameters.AddWithValue("to", to.ToUniversalTime());
        command.Parameters.AddWithValue("refused", refused.ToArray());
        command.Parameters.AddWithValue("most", most);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (person, lines) = (Guid.Empty, new List<Line>());
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetGuid(0) is var next && next != person)
            {
                if (lines.Count > 0)
                {
                    yield return lines;
                    lines.Clear();
                }
                person = next;
            }
            lines.Add(new Line(reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        }
        if (lines.Count > 0)
        {
            yield return lines;
        }
    }

    private const string BasketsSql = """
        with newest as materialized (
            select coalesce(m.owner_id, o.customer_id) as person
            from orders o left join merged_customers m on m.customer_id = o.customer_id
            where o.at between @from and @to and not (coalesce(m.owner_id, o.customer_id) = any(@refused))
            group by 1
            order by max(o.at) desc, 1
            limit @most
        )
        select n.person, b.product_id, b.at
        from bought b
        left join merged_customers m on m.customer_id = b.customer_id
        join newest n on n.person = coalesce(m.owner_id, b.customer_id)
        where b.at between @from and @to
        order by 1, 3, b.order_id, 2
        """;

    private const string VisitsSql = """
        select coalesce(m.owner_id, i.customer_id) as person, i.product_id, i.last_at
        from (
            select customer_id, product_id, last_at from product_interest where last_at between @from and @to
            order by last_at desc limit @most
        ) i
        left join merged_customers m on m.customer_id = i.customer_id
        where not (coalesce(m.owner_id, i.customer_id) = any(@refused))
        order by 1, 3, 2
        """;
}
