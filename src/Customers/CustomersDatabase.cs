using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Privacy;
using Npgsql;

namespace MarketingPlatform.Customers;

internal sealed class CustomersDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    /// <summary>Every table that holds a customer's data: erasure and export work from this list.</summary>
    public static readonly IReadOnlyList<string> PersonalTables =
    [
        "customers",
        "identifiers",
        "events",
        "consents",
        "carts",
        "cart_touches",
        "orders",
        "refunds",
        "merges",
        "timeline_entries",
        "exported_parts",
        "profile_parts",
        "folded_carts",
        "kept_apart",
        "consent_confirmations",
        "changes",
    ];

    /// <summary>The same with what hangs on it; nothing outside of a transaction that holds the customer's row writes about a customer.</summary>
    public static readonly PersonalDataMap Personal = new(
        [
            .. PersonalTables.Except(["customers", "merges"]).Select(table => new PersonalTable(table, "customer_id")),
            new("customers", "id"),
            new("merges", "from_id"),
            new("merges", "into_id"),
            new("kept_apart", "other_id"),
            // The other customer of a merge that was undone stands in a column that has room for anything.
            new("changes", "(case when kind in ('merged', 'unmerged') then key::uuid end)"),
            // The ids of a person's messages: what comes again is late then, and dropped.
            new("received_messages", "message_id", Of: new("events", "customer_id"), Key: "message_id"),
        ],
        """
        select person.id
        from unnest(@Ids::uuid[]) as asked (id)
        left join merges m on m.from_id = asked.id
        cross join lateral (
            select coalesce(m.into_id, asked.id) as id
            union
            select other.from_id from merges other where other.into_id = coalesce(m.into_id, asked.id)
        ) as person
        """
    );

    /// <summary>The person whom <c>@Id</c> leads to: an id that was folded into another still does. Nothing where there is nobody.</summary>
    public const string CurrentIdSql =
        "select id from customers where id = coalesce((select into_id from merges where from_id = @Id), @Id)";
}
