using System.Runtime.CompilerServices;
using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>One line of what a customer bought.</summary>
/// <param name="Order">Lines of one order share it; meaningful within one customer only.</param>
internal readonly record struct BoughtLine(int Product, int Order, DateTimeOffset At);

/// <summary>All that a person bought, newest first. The list is reused for the next person.</summary>
internal readonly record struct Buyer(Guid Customer, List<BoughtLine> Lines);

/// <summary>Between which times, and how much there is.</summary>
internal sealed record TrainingScope(DateTimeOffset? To, int Orders, int Customers);

/// <summary>Streams the orders person by person, so that training needs memory for integers only, not for the orders.</summary>
internal sealed class TrainingSet
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> productIds = [];

    /// <summary>The shop's id of each product number met so far.</summary>
    public IReadOnlyList<string> ProductIds => productIds;

    /// <summary>The newest order decides where the window ends; one from the future (a shop's wrong clock) does not.</summary>
    public static Task<TrainingScope> ScopeAsync(UnitOfWork work, DateTimeOffset now, int windowDays, CancellationToken ct) =>
        work.QuerySingleAsync<TrainingScope>(ScopeSql, new { latest = now.AddDays(1), windowDays }, ct);

    /// <summary>People who refused profiling: popularity counts their purchases, as one among many, no model learns from them.</summary>
    public static async Task<HashSet<Guid>> RefusedAsync(UnitOfWork work, CancellationToken ct) =>
        [.. await work.QueryAsync<Guid>(RefusedSql, null, ct)];

    public async IAsyncEnumerable<Buyer> ReadAsync(
        UnitOfWork work,
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(ReadSql, work.Connection);
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("from", from);
        command.Parameters.AddWithValue("to", to);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var lines = new List<BoughtLine>();
        var customer = Guid.Empty;
        var order = -1;
        var orderId = "";
        while (await reader.ReadAsync(ct))
        {
            var next = reader.GetGuid(0);
            if (next != customer)
            {
                if (lines.Count > 0)
                {
                    yield return new Buyer(customer, lines);
                }
                lines.Clear();
                (customer, order, orderId) = (next, -1, "");
            }
            var nextOrder = reader.GetString(1);
            if (nextOrder != orderId || order < 0)
            {
                (order, orderId) = (order + 1, nextOrder);
            }
            lines.Add(new BoughtLine(Number(reader.GetString(2)), order, reader.GetFieldValue<DateTimeOffset>(3)));
        }
        if (lines.Count > 0)
        {
            yield return new Buyer(customer, lines);
        }
    }

    /// <summary>The number of a product; a new one where it was not met before.</summary>
    public int Number(string productId)
    {
        if (!numbers.TryGetValue(productId, out var number))
        {
            number = productIds.Count;
            productIds.Add(productId);
            numbers.Add(productId, number);
        }
        return number;
    }

    private const string ScopeSql = """
        with newest as (select max(at) as at from orders where at <= @latest)
        select (select at from newest) as "to", count(*)::int as orders, count(distinct customer_id)::int as customers
        from orders
        where at between (select at from newest) - make_interval(days => @windowDays) and (select at from newest)
        """;

    private const string RefusedSql = """
        select owner from (
            select distinct on (1) coalesce(m.owner_id, c.customer_id) as owner, c.granted
            from profiling_consents c left join merged_customers m on m.customer_id = c.customer_id
            order by 1, c.at desc, c.granted
        ) latest
        where not granted
        """;

    private const string ReadSql = """
        select coalesce(m.owner_id, b.customer_id), b.order_id, b.product_id, b.at
        from bought b left join merged_customers m on m.customer_id = b.customer_id
        where b.at between @from and @to
        order by 1, b.at desc, b.order_id, b.product_id
        """;
}
