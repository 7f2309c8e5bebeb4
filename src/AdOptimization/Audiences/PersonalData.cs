using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>
/// Every column of this database that can hold a customer's id: erasure works from this list, and a test compares it with the tables.
/// </summary>
internal static class PersonalData
{
    internal sealed record Column(string Table, string Name);

    public static readonly IReadOnlyList<Column> Columns =
    [
        new("abandoned_carts", "customer_id"),
        new("last_orders", "customer_id"),
        new("consents", "customer_id"),
        new("audience_words", "customer_id"),
        new("ad_visits", "customer_id"),
        new("ad_orders", "customer_id"),
        new("audience_hold_out_members", "customer_id"),
        new("merges", "from_id"),
        new("merges", "into_id"),
        new("merges", "root_id"),
    ];

    public static readonly PersonalDataMap Map = new(
        [.. Columns.Select(column => new PersonalTable(column.Table, column.Name))],
        """
        with recursive person (id) as (
            select unnest(@Ids::uuid[])
            union
            select g.from_id from merges g join person p on g.into_id = p.id where g.active
        )
        select id from person
        """,
        AdsDatabase.ExclusiveForErasure
    );
}
