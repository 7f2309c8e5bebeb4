using System.Collections.Concurrent;
using Npgsql;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>Fresh databases for tests: one server a run, a database a class.</summary>
public static class TestPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);
    private static readonly ConcurrentBag<string> Created = [];

    /// <summary>
    /// Creates an empty database; may be called by many at once. A server that outlives the tests loses it when the process ends.
    /// </summary>
    /// <param name="hint">Part of the database's name, so that a person finds it: <c>email</c>.</param>
    /// <returns>The connection string of the new database.</returns>
    public static async Task<string> CreateDatabaseAsync(string hint)
    {
        var server = await Server.Value;
        var name = UniqueName.From(hint);
        await ExecuteAsync(server, $"create database {name}");
        Created.Add(name);
        return new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = name,
            // A pool a database, and many databases on one server.
            MaxPoolSize = 20,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.FindAsync(Console.Error.WriteLine);
        if (server.OutlivesTests)
        {
            // The end of a process is no place for await.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DropAsync(server).GetAwaiter().GetResult();
        }

        return server;
    }

    private static async Task DropAsync(PostgresServer server)
    {
        foreach (var name in Created)
        {
            await ExecuteAsync(server, $"drop database if exists {name} with (force)");
        }
    }

    // Statements that take neither parameters nor a transaction; UniqueName makes names that need no quotes.
    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name consists of letters, digits and underscores.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
