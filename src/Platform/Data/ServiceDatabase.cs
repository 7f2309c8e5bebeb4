using Dapper;
using Npgsql;

namespace MarketingPlatform.Platform.Data;

/// <summary>
/// The database of one service. A type of its own for each, so that several services can live in one container. Nothing opens before the
/// database exists and is migrated.
/// </summary>
public abstract class ServiceDatabase(NpgsqlDataSource source)
{
    /// <summary>How long a caller waits for a database that is not there yet before it is told so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal NpgsqlDataSource Source { get; } = source;

    internal string? NotReadyBecause { get; set; } = "waiting for the database";

    internal bool IsReady => ready.Task.IsCompletedSuccessfully;

    internal void MarkReady()
    {
        NotReadyBecause = null;
        ready.TrySetResult();
    }

    /// <summary>Completes when the database exists and is migrated.</summary>
    public Task WhenReadyAsync(CancellationToken ct) => ready.Task.WaitAsync(ct);

    /// <exception cref="DatabaseNotReadyException">The database did not become ready in time; the call may be repeated.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        if (!IsReady)
            await WaitAsync(ct);
        return await Source.OpenConnectionAsync(ct);
    }

    /// <summary>
    /// For a framework that asks without awaiting. No step of it waits for another thread: such a caller may hold the one thread, or the
    /// synchronization context, that the end of an asynchronous call would need.
    /// </summary>
    /// <exception cref="DatabaseNotReadyException">The database is not ready; this does not wait for it.</exception>
    public NpgsqlConnection Open() => IsReady ? Source.OpenConnection() : throw NotReady();

    public async Task<UnitOfWork> BeginAsync(CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        try
        {
            return new UnitOfWork(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct))).AsList();
    }

    public async Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct));
    }

    public async Task<T> QuerySingleAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await connection.QuerySingleAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct));
    }

    public async Task<int> ExecuteAsync(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: ct));
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        try
        {
            await ready.Task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            throw NotReady();
        }
    }

    private DatabaseNotReadyException NotReady() => new($"The service is {NotReadyBecause}. Try again in a few seconds; see /health.");
}

/// <summary>The database of the service is not there yet, or not migrated.</summary>
public sealed class DatabaseNotReadyException(string message) : Exception(message);
