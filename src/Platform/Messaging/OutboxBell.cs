using Dapper;
using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>Tells a dispatcher that its outbox may hold something: rung by PostgreSQL's NOTIFY, and by whoever has made room.</summary>
internal sealed class OutboxBell(ServiceDatabase database, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim rung = new(0, 1);

    public void Dispose() => rung.Dispose();

    /// <summary>Returns when it is rung, after a second at the latest: a notification can be missed while the listening connection is renewed.</summary>
    public Task WaitAsync(CancellationToken ct) => rung.WaitAsync(LongestWait, ct);

    public void Ring()
    {
        try
        {
            if (rung.CurrentCount == 0)
                rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang in between.
        }
        catch (ObjectDisposedException)
        {
            // The last acknowledgements of a process that is going down.
        }
    }

    /// <summary>Rings at each notification, until it is cancelled; a connection that breaks is renewed.</summary>
    public async Task ListenAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenAsync(ct);
                connection.Notification += (_, _) => Ring();
                await connection.ExecuteAsync(new CommandDefinition("listen " + OutboxTable.Channel, cancellationToken: ct));
                while (true)
                    await connection.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or DatabaseNotReadyException or TimeoutException)
            {
                await Task.Delay(PauseAfterFailure, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
