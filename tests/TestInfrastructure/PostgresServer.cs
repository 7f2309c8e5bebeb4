using MarketingPlatform.LocalServers;
using Testcontainers.PostgreSql;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>The PostgreSQL that the tests use: named by the environment, else in Docker, else from the machine's binaries.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly IAsyncDisposable? _owned;

    private PostgresServer(string connectionString, string description, IAsyncDisposable? owned)
    {
        ConnectionString = connectionString;
        Description = description;
        _owned = owned;
    }

    /// <summary>Opens a database of the server, from which others can be created.</summary>
    public string ConnectionString { get; }

    /// <summary>For a person: what it is and where.</summary>
    public string Description { get; }

    /// <summary>Whether the server outlives the tests, which therefore must tidy up.</summary>
    public bool OutlivesTests => _owned is null && TestVariables.Read(TestVariables.ThrowAway) is null;

    /// <summary>What a test process needs to know to use this server.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { [TestVariables.Postgres] = ConnectionString };

    /// <summary>Finds or starts the server.</summary>
    /// <exception cref="LocalServerException">There is none and none can be started; the message says what to do.</exception>
    public static async Task<PostgresServer> FindAsync(Action<string>? say = null, CancellationToken ct = default)
    {
        if (TestVariables.Read(TestVariables.Postgres) is { } given)
        {
            return new PostgresServer(given, $"PostgreSQL as given by {TestVariables.Postgres}", null);
        }

        if (DockerEngine.Answers)
        {
            var container = new PostgreSqlBuilder("postgres:17-alpine")
                .WithCommand("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
                .Build();
            await container.StartAsync(ct);
            return new PostgresServer(container.GetConnectionString(), "PostgreSQL in Docker", container);
        }

        var local = await LocalPostgres.StartThrowAwayAsync(say, ct: ct);
        return new PostgresServer(local.ConnectionString(), $"PostgreSQL of this machine on port {local.Port}", local);
    }

    /// <summary>Ends a server that was started here; one that was given stays.</summary>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
