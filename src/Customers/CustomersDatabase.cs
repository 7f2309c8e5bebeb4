using MarketingPlatform.Platform.Data;
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
    ];

    /// <summary>The person whom <c>@Id</c> leads to: an id that was folded into another still does. Nothing where there is nobody.</summary>
    public const string CurrentIdSql =
        "select id from customers where id = coalesce((select into_id from merges where from_id = @Id), @Id)";
}
