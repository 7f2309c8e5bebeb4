using System.Globalization;
using Npgsql;

namespace MarketingPlatform.Cli.Bench.Recommend;

/// <summary>The shop that is recommended from: made by SQL in the service's own tables.</summary>
internal static class GeneratedShop
{
    public static async Task FillAsync(string connection, RecommendLoad load, CancellationToken ct)
    {
        await ExecuteAsync(connection, FillSql, ct, load.Products, load.Customers, Math.Max(1, load.Interactions / 5));
        await ExecuteAsync(connection, "vacuum analyze", ct);
    }

    /// <summary>The id that <see cref="FillSql"/> makes of a number, from 0.</summary>
    public static Guid CustomerId(int number) => Guid.Parse($"01900000-0000-7000-8000-{number + 1:x12}");

    private static async Task ExecuteAsync(string connection, string sql, CancellationToken ct, params object[] arguments)
    {
        await using var open = new NpgsqlConnection(connection + ";Command Timeout=0;Pooling=false");
        await open.OpenAsync(ct);
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(string.Format(CultureInfo.InvariantCulture, statement, arguments), open);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    // {0} products, {1} customers, {2} orders of up to five lines. Each customer has one or two corners of the shop, of a hundredth of it each,
    // and best-sellers there are bought more often: there is something to learn. One product in twenty is out of stock.
    private const string FillSql = """
        select setseed(0.5);
        insert into products (product_id, name, category, categories, price, currency, in_stock, inferred, version, changed_at)
        select 'product-' || n, 'Product ' || n, 'corner ' || n * 100 / {0}, array['corner ' || n * 100 / {0}], 5 + n % 90, 'EUR', n % 20 > 0,
            false, 1, now()
        from generate_series(0, {0} - 1) n;
        insert into orders (order_id, customer_id, total, at)
        select 'o' || n, ('01900000-0000-7000-8000-' || lpad(to_hex(1 + n % {1}), 12, '0'))::uuid, 50, now() - random() * interval '700 days'
        from generate_series(1, {2}) n;
        insert into order_items (order_id, product_id, quantity)
        select 'o' || n,
            'product-' || least({0} - 1,
                ({0} / 100) * ((n % {1} * 7 + n / {1} % 2) % 100) + floor(({0} / 100) * power(random(), 2))::int),
            1
        from generate_series(1, {2}) n, generate_series(1, 5) line
        on conflict do nothing
        """;
}
