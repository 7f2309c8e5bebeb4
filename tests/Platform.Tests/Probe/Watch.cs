using Npgsql;

namespace MarketingPlatform.Platform.Tests.Probe;

/// <summary>Looks at the probe's database from outside.</summary>
internal static class Watch
{
    private const string Name = "watch";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task UntilAsync(string connectionString, string condition, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        await using var connection = await OpenAsync(connectionString);
        await ReadAsync(connection, "listen changed");
        try
        {
            while (await ReadAsync(connection, "select " + condition) is not true)
                await connection.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"Never came true: {condition}");
        }
    }

    /// <summary>Ends every other connection to the database.</summary>
    public static async Task CutConnectionsAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await ReadAsync(
            connection,
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'watch'"
        );
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = Name }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Written in the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
