using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>
/// Every column of this database that can hold a customer's id: erasure works from this list, and a test compares it with the tables.
/// </summary>
internal static class PersonalData
{
    internal sealed record Column(string Table, string Name);

    public static readonly IReadOnlyList<Column> Columns =
    [
        new("customers", "origin_id"),
        new("consents", "origin_id"),
        new("orders", "origin_id"),
        new("refunds", "origin_id"),
        new("activity_days", "origin_id"),
        new("memberships", "customer_id"),
        new("rfm_scores", "customer_id"),
        new("merges", "from_id"),
        new("merges", "into_id"),
        new("merges", "root_id"),
        new("events", "origin_id"),
        new("scores", "customer_id"),
        new("due", "customer_id"),
        new("staged", "customer_id"),
        // Last: whatever marks a customer as changed on the way.
        new("dirty", "origin_id"),
    ];

    public static readonly PersonalDataMap Map = new(
        [
            .. Columns.Select(column => new PersonalTable(column.Table, column.Name)),
            new("order_lines", "order_id", new PersonalTable("orders", "origin_id"), "order_id"),
        ],
        """
        with recursive person (id) as (
            select unnest(@Ids::uuid[])
            union
            select g.from_id from merges g join person p on g.into_id = p.id where g.active
        )
        select id from person
        """,
        SegmentationDatabase.ExclusiveForErasure
    );
}
