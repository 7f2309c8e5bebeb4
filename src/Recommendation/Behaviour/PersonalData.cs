using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Every place where this service keeps a customer's id. Erasure works from this list; a test fails when a table is missing from it.
/// </summary>
internal static class PersonalData
{
    /// <summary>Order items hang on their order and go with it.</summary>
    public static readonly IReadOnlyList<(string Table, string Column)> Places =
    [
        ("orders", "customer_id"),
        ("refunds", "customer_id"),
        ("product_interest", "customer_id"),
        ("profiling_consents", "customer_id"),
        ("customer_aliases", "from_id"),
        ("customer_aliases", "into_id"),
    ];

    /// <summary>Deletes all of the person's ids, and remembers their hashes, so that a late event cannot bring them back.</summary>
    public static async Task EraseAsync(UnitOfWork work, Guid[] customers, DateTimeOffset now, CancellationToken ct)
    {
        var ids = (await work.QueryAsync<Guid>(PersonSql, new { customers }, ct)).ToArray();
        await work.ExecuteAsync(RememberSql, new { ids, now }, ct);
        foreach (var (table, column) in Places)
        {
            await work.ExecuteAsync($"delete from {table} where {column} = any(@ids)", new { ids }, ct);
        }
    }

    private const string PersonSql = "select distinct person from unnest(@customers::uuid[]) c, same_person(c) person";

    private const string RememberSql = """
        insert into erased_customers (customer_hash, at)
        select md5(id::text), @now from unnest(@ids::uuid[]) id order by 1
        on conflict do nothing
        """;
}
