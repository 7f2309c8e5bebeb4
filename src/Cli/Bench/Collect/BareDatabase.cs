using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary>
/// What PostgreSQL does with the same events and nothing of us: one connection, one table, a unique index on the message id. By statements
/// of 500 rows, each a commit of its own, and by binary COPY.
/// </summary>
internal sealed class BareDatabase(NpgsqlDataSource source, Traffic traffic, TimeProvider clock) : IAsyncDisposable
{
    private const int RowsPerStatement = 500;

    public async Task CreateAsync(CancellationToken ct) =>
        await ExecuteAsync(
            """
            create table bare (
                id uuid not null, user_id text not null, kind text not null, name text, message_id text collate "C" not null unique,
                properties jsonb, context jsonb, at timestamptz not null, received_at timestamptz not null)
            """,
            ct
        );

    public async Task<TimeSpan> InsertAsync(int rows, CancellationToken ct)
    {
        await ExecuteAsync("truncate bare; checkpoint", ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        var began = clock.GetTimestamp();
        foreach (var chunk in Enumerable.Range(0, rows).Chunk(RowsPerStatement))
        {
            var events = chunk.Select(_ => traffic.Next()).ToArray();
            await using var command = new NpgsqlCommand(InsertSql, connection);
            var now = clock.GetUtcNow().UtcDateTime;
            command.Parameters.AddWithValue(events.Select(_ => Guid.CreateVersion7(now)).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.User).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.Kind).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.Name).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.MessageId).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.Properties).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.Context).ToArray());
            command.Parameters.AddWithValue(events.Select(e => e.At.UtcDateTime).ToArray());
            command.Parameters.AddWithValue(now);
            await command.ExecuteNonQueryAsync(ct);
        }
        return clock.GetElapsedTime(began);
    }

    public async Task<TimeSpan> CopyAsync(int rows, CancellationToken ct)
    {
        await ExecuteAsync("truncate bare; checkpoint", ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        var began = clock.GetTimestamp();
        await using (var copy = await connection.BeginBinaryImportAsync(CopySql, ct))
        {
            var now = clock.GetUtcNow().UtcDateTime;
            for (var row = 0; row < rows; row++)
            {
                var sent = traffic.Next();
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(Guid.CreateVersion7(now), NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(sent.User, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(sent.Kind, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(sent.Name, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(sent.MessageId, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(sent.Properties, NpgsqlDbType.Jsonb, ct);
                await copy.WriteAsync(sent.Context, NpgsqlDbType.Jsonb, ct);
                await copy.WriteAsync(sent.At.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
                await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, ct);
            }
            await copy.CompleteAsync(ct);
        }
        return clock.GetElapsedTime(began);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    private const string InsertSql = """
        insert into bare
        select id, user_id, kind, name, message_id, properties::jsonb, context::jsonb, at, $9
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
            as e (id, user_id, kind, name, message_id, properties, context, at)
        on conflict do nothing
        """;

    private const string CopySql = """
        copy bare (id, user_id, kind, name, message_id, properties, context, at, received_at) from stdin (format binary)
        """;
}
