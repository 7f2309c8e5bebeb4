using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// The sender's sign of life: a lock that the database releases the moment this process is gone, so that others know at once whose claims
/// are orphans. The same connection hears of new mails.
/// </summary>
internal sealed class SenderPresence(EmailDatabase db, TimeProvider clock, ILogger<SenderPresence> log)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What this sender signs its claims with.</summary>
    public long Owner { get; } = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;

    /// <summary>Completes when the lock is held: nothing may be claimed before.</summary>
    public Task WhenPresentAsync(CancellationToken ct) => first.Task.WaitAsync(ct);

    /// <summary>Holds the lock, and calls <paramref name="onMail"/> after commits that added mails, until cancelled.</summary>
    public async Task RunAsync(Action onMail, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await db.OpenAsync(ct);
                await connection.ExecuteAsync(
                    new CommandDefinition("select pg_advisory_lock(@Owner); listen mails_queued", new { Owner }, cancellationToken: ct)
                );
                first.TrySetResult();
                onMail();
                connection.Notification += (_, _) => onMail();
                while (true)
                    await connection.WaitAsync(ct);
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                log.LogWarning("The sender lost its database connection ({Cause}); trying again", e.Message);
                await Task.Delay(PauseAfterFailure, clock, ct);
            }
        }
    }
}
