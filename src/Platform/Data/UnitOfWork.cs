using System.Diagnostics;
using System.Text.Json;
using Dapper;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Npgsql;

namespace MarketingPlatform.Platform.Data;

/// <summary>A transaction that can also publish: the events leave exactly when the changes do. Disposing without commit rolls back.</summary>
public sealed class UnitOfWork : IAsyncDisposable
{
    private readonly NpgsqlTransaction transaction;
    private readonly List<OutboxRow> outgoing = [];

    internal UnitOfWork(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        Connection = connection;
        this.transaction = transaction;
    }

    public NpgsqlConnection Connection { get; }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args, CancellationToken ct) =>
        (await Connection.QueryAsync<T>(Command(sql, args, ct))).AsList();

    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? args, CancellationToken ct) =>
        Connection.QuerySingleOrDefaultAsync<T>(Command(sql, args, ct));

    public Task<T> QuerySingleAsync<T>(string sql, object? args, CancellationToken ct) =>
        Connection.QuerySingleAsync<T>(Command(sql, args, ct));

    public Task<int> ExecuteAsync(string sql, object? args, CancellationToken ct) => Connection.ExecuteAsync(Command(sql, args, ct));

    /// <summary>Puts an event into the outbox; it leaves after the commit.</summary>
    /// <param name="traceParent">W3C trace parent of what caused it; the current activity's where null.</param>
    public void Publish<T>(T message, string? traceParent = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        outgoing.Add(
            new OutboxRow(
                Guid.CreateVersion7(),
                MessageTypes.NameOf(message.GetType()),
                JsonSerializer.Serialize(message, message.GetType(), Json.Options),
                traceParent ?? Activity.Current?.Id
            )
        );
    }

    public async Task CommitAsync(CancellationToken ct)
    {
        if (outgoing.Count > 0)
            await OutboxTable.AppendAndCommitAsync(Connection, transaction, outgoing, ct);
        else
            await transaction.CommitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private CommandDefinition Command(string sql, object? args, CancellationToken ct) => new(sql, args, transaction, cancellationToken: ct);
}
