using System.Text.Encodings.Web;
using Npgsql;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>Searches every column of every table of a database, as text.</summary>
public static class TraceSearch
{
    /// <param name="words">In any case; also as JSON writes them.</param>
    /// <param name="exceptSchemas">Schemas that a test itself made.</param>
    /// <returns>For each table with a finding: its name and the first row found.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(
        string connectionString,
        IEnumerable<string> words,
        CancellationToken ct,
        params string[] exceptSchemas
    )
    {
        var wanted = words.SelectMany(word => new[] { word, JavaScriptEncoder.Default.Encode(word) }).Distinct().ToArray();
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        var found = new List<string>();
        foreach (var table in await TablesAsync(connection, exceptSchemas, ct))
        {
            await using var search = connection.CreateCommand();
            // Each row becomes text once, not once a word: models are rows of many megabytes.
            search.CommandText = $"""
                select left(line, 500) from (select lower(t::text) as line from {table} t offset 0) as rows
                where exists (select from unnest($1::text[]) as w (word) where strpos(line, lower(w.word)) > 0) limit 1
                """;
            search.CommandTimeout = 120;
            search.Parameters.Add(new NpgsqlParameter { Value = wanted });
            if (await search.ExecuteScalarAsync(ct) is string row)
                found.Add($"{table}: {row}");
        }
        return found;
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlConnection connection, string[] exceptSchemas, CancellationToken ct)
    {
        await using var list = connection.CreateCommand();
        list.CommandText = """
            select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname <> all($1)
                and n.nspname not like 'pg\_%'
            order by 1
            """;
        list.Parameters.Add(new NpgsqlParameter { Value = exceptSchemas });
        var tables = new List<string>();
        await using var reader = await list.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            tables.Add(reader.GetString(0));
        return tables;
    }
}
