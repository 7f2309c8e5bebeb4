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
    ];
}
