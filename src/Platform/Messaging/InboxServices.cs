using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>What every consumer of a service needs; handed through its constructor.</summary>
public sealed class InboxServices<TDatabase>
    where TDatabase : ServiceDatabase
{
    private readonly TDatabase database;
    private readonly Dictionary<Type, string> names;
    private readonly AcknowledgementWindow window;
    private readonly OutboxTelemetry telemetry;
    private readonly MessagingOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    internal InboxServices(
        TDatabase database,
        IEnumerable<ConsumerRegistration> consumers,
        AcknowledgementWindow window,
        OutboxTelemetry telemetry,
        IOptions<MessagingOptions> options,
        TimeProvider clock,
        ILogger<InboxServices<TDatabase>> log
    )
    {
        this.database = database;
        names = consumers.ToDictionary(consumer => consumer.Consumer, consumer => consumer.Queue);
        this.window = window;
        this.telemetry = telemetry;
        this.options = options.Value;
        this.clock = clock;
        this.log = log;
    }

    internal async Task ReceiveAsync<TMessage>(
        Type consumer,
        IReadOnlyList<Received<TMessage>> messages,
        Func<IReadOnlyList<Received<TMessage>>, UnitOfWork, CancellationToken, Task> handle,
        CancellationToken ct
    )
        where TMessage : class
    {
        var name = names[consumer];
        using var activity = telemetry.StartHandle(name, [.. messages.Select(message => message.TraceParent)]);
        if (await TryAsync(name, messages, handle, attempts: 1, ct) is not null)
            foreach (var message in messages)
                if (await TryAsync(name, [message], handle, options.Attempts, ct) is { } failure)
                    await KeepAsync(name, message, failure, ct);
        foreach (var message in messages)
            window.Acknowledge(message.MessageId);
    }

    /// <returns>Null after success, else what the last attempt threw.</returns>
    private async Task<Exception?> TryAsync<TMessage>(
        string name,
        IReadOnlyList<Received<TMessage>> messages,
        Func<IReadOnlyList<Received<TMessage>>, UnitOfWork, CancellationToken, Task> handle,
        int attempts,
        CancellationToken ct
    )
        where TMessage : class
    {
        for (var attempt = 1; ; )
        {
            try
            {
                await HandleOnceAsync(name, messages, handle, ct);
                return null;
            }
            catch (Exception e) when (Failure.IsOfDatabase(e))
            {
                // Not the message's fault: it stays with the broker until the database is back.
                log.LogWarning("{Consumer} waits for its database: {Cause}", name, e.Message);
                await Task.Delay(Failure.DatabasePause, clock, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                if (attempt++ == attempts || e is UnusableMessageException)
                    return e;
                await Task.Delay(Failure.PauseBefore(attempt, Jitter()), clock, ct);
            }
        }
    }

    private async Task HandleOnceAsync<TMessage>(
        string name,
        IReadOnlyList<Received<TMessage>> messages,
        Func<IReadOnlyList<Received<TMessage>>, UnitOfWork, CancellationToken, Task> handle,
        CancellationToken ct
    )
        where TMessage : class
    {
        await database.WhenReadyAsync(ct);
        await using var work = await database.BeginAsync(ct);
        var lastErasure = await Erasure.LockSharedAsync(work, ct);
        var unseen = (
            await work.QueryAsync<Guid>(
                InboxTable.RememberSql,
                new { Consumer = name, Ids = messages.Select(m => m.MessageId).ToArray() },
                ct
            )
        ).ToHashSet();
        if (unseen.Count == 0)
            return;
        var news = unseen.Count == messages.Count ? messages : [.. messages.Where(m => unseen.Contains(m.MessageId))];
        var late = await LateNews.CountAsync(work, news, lastErasure, ct);
        await handle(news, work, ct);
        await work.CommitAsync(ct);
        telemetry.Late(name, late);
    }

    private async Task KeepAsync<TMessage>(string name, Received<TMessage> message, Exception e, CancellationToken ct)
        where TMessage : class
    {
        var now = clock.GetUtcNow();
        if (await WithoutErasedAsync(name, message.Message, ct) is not { } body)
        {
            telemetry.OfErased(name);
            return;
        }
        var next = e is UnusableMessageException ? null : Failure.NextAttempt(options.RedeliverySchedule, attemptsSoFar: 0, now);
        log.LogError(
            e,
            "{Consumer} cannot handle message {MessageId}; {What}",
            name,
            message.MessageId,
            next is null ? "parked" : "tried again later"
        );
        telemetry.Failed(name, next is null);
        var failed = new FailedMessage(
            Guid.CreateVersion7(now),
            name,
            message.MessageId,
            MessageTypes.NameOf(typeof(TMessage)),
            body,
            message.TraceParent,
            message.SentAt,
            Failure.ReasonOf(e),
            1,
            next,
            now
        );
        while (!await TryKeepAsync(name, failed, ct))
            await Task.Delay(Failure.DatabasePause, clock, ct);
    }

    /// <returns>The body to keep; null where everybody in it was erased while it was on its way.</returns>
    private async Task<string?> WithoutErasedAsync<TMessage>(string name, TMessage message, CancellationToken ct)
        where TMessage : class
    {
        var body = JsonSerializer.Serialize(message, Json.Options);
        while (true)
        {
            try
            {
                return await MessageRedaction.WithoutErasedAsync(database, typeof(TMessage), body, ct);
            }
            catch (Exception e) when (Failure.IsOfDatabase(e))
            {
                log.LogWarning("{Consumer} waits for its database: {Cause}", name, e.Message);
                await Task.Delay(Failure.DatabasePause, clock, ct);
            }
        }
    }

    /// <returns>False while the database is away: a message that is neither handled nor kept would be lost.</returns>
    private async Task<bool> TryKeepAsync(string name, FailedMessage failed, CancellationToken ct)
    {
        try
        {
            await database.ExecuteAsync(FailedMessageTable.KeepSql, failed, ct);
            return true;
        }
        catch (Exception e) when (Failure.IsOfDatabase(e))
        {
            log.LogWarning("{Consumer} waits for its database: {Cause}", name, e.Message);
            return false;
        }
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394", Justification = "Jitter is not a secret.")]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "ApiDesign",
        "RS0030",
        Justification = "Jitter only spreads load; no outcome depends on it."
    )]
    private static double Jitter() => Random.Shared.NextDouble();
}

/// <summary>What is done about a message that could not be handled.</summary>
internal static class Failure
{
    public static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(2);

    /// <summary>The database is away or not ready: waiting helps, trying another message does not.</summary>
    public static bool IsOfDatabase(Exception e) =>
        e is DatabaseNotReadyException
        || e is NpgsqlException { InnerException: System.Net.Sockets.SocketException or TimeoutException or System.IO.IOException }
        || (
            e is PostgresException postgres
            && (postgres.SqlState.StartsWith("57P", StringComparison.Ordinal) || postgres.SqlState == "53300")
        );

    /// <param name="attempt">The attempt to come, from 2.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan PauseBefore(int attempt, double jitter) =>
        TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(4, attempt - 2)) * (0.5 + jitter));

    /// <returns>When a message is tried again, or null to park it.</returns>
    public static DateTimeOffset? NextAttempt(IReadOnlyList<TimeSpan> schedule, int attemptsSoFar, DateTimeOffset now) =>
        attemptsSoFar < schedule.Count ? now + schedule[attemptsSoFar] : null;

    public static string ReasonOf(Exception e) => $"{e.GetType().Name}: {e.Message}";
}

internal static class InboxTable
{
    public const string RememberSql = """
        insert into platform.inbox (consumer, message_id)
        select @Consumer, id from unnest(@Ids::uuid[]) as ids (id)
        on conflict do nothing
        returning message_id
        """;
}
