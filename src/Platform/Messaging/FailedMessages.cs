using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>A message whose handling failed.</summary>
/// <param name="NextAttemptAt">Null: parked until a person replays it.</param>
internal sealed record FailedMessage(
    Guid Id,
    string Consumer,
    Guid MessageId,
    string Type,
    string Body,
    string? TraceParent,
    DateTimeOffset SentAt,
    string Reason,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset FailedAt
);

internal static class FailedMessageTable
{
    public const string KeepSql = """
        insert into platform.failed_messages
            (id, consumer, message_id, type, body, trace_parent, sent_at, reason, attempts, next_attempt_at, failed_at)
        values (@Id, @Consumer, @MessageId, @Type, @Body, @TraceParent, @SentAt, @Reason, @Attempts, @NextAttemptAt, @FailedAt)
        on conflict (consumer, message_id) do nothing
        """;
}

/// <summary>Gives failed messages to their consumer again when they are due, and forgets old inbox rows.</summary>
internal sealed class Redelivery<TDatabase>(
    TDatabase database,
    IEnumerable<ConsumerRegistration> consumers,
    IServiceScopeFactory scopes,
    OutboxTelemetry telemetry,
    IOptions<MessagingOptions> options,
    TimeProvider clock,
    ILogger<Redelivery<TDatabase>> log
) : BackgroundService
    where TDatabase : ServiceDatabase
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CleanUpEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<string, ConsumerRegistration> byQueue = consumers.ToDictionary(consumer => consumer.Queue);
    private DateTimeOffset cleanedUpAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            database,
            async ct =>
            {
                while (await RedeliverOneAsync(ct)) { }
                await ForgetOldInboxAsync(ct);
            },
            e => log.LogWarning("Redelivery of {Database}: {Cause}; trying again", typeof(TDatabase).Name, e.Message),
            clock,
            stoppingToken
        );

    /// <returns>Whether a message was due.</returns>
    private async Task<bool> RedeliverOneAsync(CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await Erasure.LockSharedAsync(work, ct);
        var due = await work.QuerySingleOrDefaultAsync<FailedMessage>(TakeDueSql, new { Now = clock.GetUtcNow() }, ct);
        if (due is null)
            return false;
        try
        {
            await HandleAsync(due, work, ct);
            await work.CommitAsync(ct);
        }
        catch (Exception e) when (!Failure.IsOfDatabase(e) && (e is not OperationCanceledException || !ct.IsCancellationRequested))
        {
            await work.DisposeAsync();
            var next =
                e is UnusableMessageException
                    ? null
                    : Failure.NextAttempt(options.Value.RedeliverySchedule, due.Attempts, clock.GetUtcNow());
            telemetry.Failed(due.Consumer, next is null);
            log.LogError(
                e,
                "{Consumer} still cannot handle message {MessageId}; {What}",
                due.Consumer,
                due.MessageId,
                next is null ? "parked" : "tried again later"
            );
            await database.ExecuteAsync(
                FailedAgainSql,
                new
                {
                    due.Id,
                    Next = next,
                    Reason = Failure.ReasonOf(e),
                },
                ct
            );
        }
        return true;
    }

    private async Task HandleAsync(FailedMessage due, UnitOfWork work, CancellationToken ct)
    {
        if (!byQueue.TryGetValue(due.Consumer, out var consumer))
            throw new InvalidOperationException($"There is no consumer '{due.Consumer}' any more.");
        using var activity = telemetry.StartHandle(due.Consumer, [due.TraceParent]);
        var unseen = await work.QueryAsync<Guid>(InboxTable.RememberSql, new { due.Consumer, Ids = new[] { due.MessageId } }, ct);
        if (unseen.Count == 0)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var handler = (IInboxHandler)scope.ServiceProvider.GetRequiredService(consumer.Consumer);
        await handler.HandleAgainAsync(due, work, ct);
    }

    private async Task ForgetOldInboxAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now - cleanedUpAt < CleanUpEvery)
            return;
        await database.ExecuteAsync(
            "delete from platform.inbox where received_at < @Before",
            new { Before = now - options.Value.InboxRetention },
            ct
        );
        cleanedUpAt = now;
    }

    private const string TakeDueSql = """
        delete from platform.failed_messages
        where id = (
            select id from platform.failed_messages where next_attempt_at <= @Now order by next_attempt_at limit 1 for update skip locked
        )
        returning *
        """;

    private const string FailedAgainSql = """
        update platform.failed_messages set attempts = attempts + 1, next_attempt_at = @Next, reason = @Reason where id = @Id
        """;
}
