using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Dapper;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>
/// Publishes what the outbox of one service holds: in batches, confirmed by the broker, woken by NOTIFY and by a timer. Several instances
/// share the rows by SKIP LOCKED. With the in-memory transport rows stay until every consumer has committed.
/// </summary>
internal sealed class OutboxDispatcher<TDatabase>(
    TDatabase database,
    IBusControl bus,
    BrokerAddress broker,
    AcknowledgementWindow window,
    OutboxTelemetry telemetry,
    IOptions<MessagingOptions> options,
    TimeProvider clock,
    ILogger<OutboxDispatcher<TDatabase>> log
) : BackgroundService
    where TDatabase : ServiceDatabase
{
    private const int BatchSize = 500;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly RabbitPublisher? publisher = broker.Uri is { } address
        ? new RabbitPublisher(address, "outbox of " + typeof(TDatabase).Name, bus)
        : null;

    private readonly OutboxBell bell = new(database, clock);
    private readonly ConcurrentQueue<long> handled = new();
    private int underway;

    private bool TransportForgets => publisher is null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (publisher is not null)
            await publisher.DisposeAsync();
    }

    public override void Dispose()
    {
        bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        var listening = bell.ListenAsync(stoppingToken);
        if (TransportForgets)
            await RepeatUnacknowledgedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var published = await DispatchAsync(stoppingToken);
                if (published == 0)
                    await bell.WaitAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Outbox of {Database}: {Cause}; trying again", typeof(TDatabase).Name, e.Message);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken);
            }
        }
        await listening;
    }

    private async Task<int> DispatchAsync(CancellationToken ct)
    {
        if (TransportForgets)
            await DeleteHandledAsync(ct);
        var room = TransportForgets ? Math.Min(BatchSize, options.Value.Window - Volatile.Read(ref underway)) : BatchSize;
        if (room <= 0)
            return 0;

        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var claimed = (
            await connection.QueryAsync<WaitingRow>(
                new CommandDefinition(
                    TransportForgets ? ClaimSql : TakeSql,
                    new { Room = room, Now = clock.GetUtcNow() },
                    transaction,
                    cancellationToken: ct
                )
            )
        )
            .OrderBy(row => row.Id)
            .ToArray();
        if (claimed.Length == 0)
            return 0;

        // A transport that forgets is given the messages after the claim is committed; a broker confirms them before the rows are gone.
        if (TransportForgets)
            await transaction.CommitAsync(ct);
        var read = claimed.Select(row => OutgoingRow.Read(row, asObject: TransportForgets)).ToArray();
        await PublishAllAsync([.. read.Where(row => row.Error is null)], ct);
        var unreadable = read.Where(row => row.Error is not null).ToArray();
        foreach (var row in unreadable)
            log.LogError(
                "Outbox of {Database}: {Type} cannot be published ({Error}); it stays in platform.outbox",
                typeof(TDatabase).Name,
                row.Row.Type,
                row.Error
            );
        if (unreadable.Length > 0)
            await connection.ExecuteAsync(
                new CommandDefinition(
                    KeepUnreadableSql,
                    ParametersOf(unreadable),
                    TransportForgets ? null : transaction,
                    cancellationToken: ct
                )
            );
        if (!TransportForgets)
            await transaction.CommitAsync(ct);
        telemetry.Published([.. claimed.Select(row => row.CreatedAt)], clock.GetUtcNow());
        return claimed.Length;
    }

    private Task PublishAllAsync(OutgoingRow[] rows, CancellationToken ct)
    {
        if (publisher is null)
            return Task.WhenAll(rows.Select(row => PublishInMemoryAsync(row.Row, row.Message!, ct)));
        var now = clock.GetUtcNow();
        return publisher.PublishAsync([.. rows.Select(row => ToPublication(row.Row, row.Type!, now))], ct);
    }

    private Publication ToPublication(WaitingRow row, Type type, DateTimeOffset now)
    {
        using var activity = telemetry.StartPublish(type.Name, row.TraceParent);
        return new Publication(row.MessageId, type, row.Body, activity?.Id ?? row.TraceParent, now);
    }

    private async Task PublishInMemoryAsync(WaitingRow row, object message, CancellationToken ct)
    {
        var type = message.GetType();
        using var activity = telemetry.StartPublish(type.Name, row.TraceParent);
        Interlocked.Increment(ref underway);
        window.Track(row.MessageId, type, () => Handled(row.Id));
        await bus.Publish(
            message,
            type,
            Pipe.Execute<PublishContext>(context =>
            {
                context.MessageId = row.MessageId;
                var trace = activity?.Id ?? row.TraceParent;
                if (trace is not null)
                    context.Headers.Set(MessageHeaderNames.TraceParent, trace);
            }),
            ct
        );
    }

    private void Handled(long id)
    {
        handled.Enqueue(id);
        // Half a window is worth a round; fewer are deleted with the next batch.
        if (Interlocked.Decrement(ref underway) <= options.Value.Window / 2)
            bell.Ring();
    }

    private async Task DeleteHandledAsync(CancellationToken ct)
    {
        if (handled.IsEmpty)
            return;
        var ids = new List<long>(handled.Count);
        while (handled.TryDequeue(out var id))
            ids.Add(id);
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(NoHurry + "delete from platform.outbox where id = any(@Ids)", new { Ids = ids.ToArray() }, ct);
        await work.CommitAsync(ct);
    }

    private async Task RepeatUnacknowledgedAsync(CancellationToken ct)
    {
        var repeated = await database.ExecuteAsync(
            "update platform.outbox set published_at = null where published_at is not null",
            null,
            ct
        );
        if (repeated > 0)
            log.LogInformation(
                "Outbox of {Database}: {Count} events were not acknowledged before the last stop; published again",
                typeof(TDatabase).Name,
                repeated
            );
    }

    private static object ParametersOf(OutgoingRow[] rows) =>
        new
        {
            Ids = rows.Select(row => row.Row.MessageId).ToArray(),
            Types = rows.Select(row => row.Row.Type).ToArray(),
            Bodies = rows.Select(row => Encoding.UTF8.GetString(row.Row.Body)).ToArray(),
            Traces = rows.Select(row => row.Row.TraceParent).ToArray(),
            Times = rows.Select(row => row.Row.CreatedAt).ToArray(),
            Errors = rows.Select(row => row.Error).ToArray(),
        };

    private const string Columns = "o.id, o.message_id, o.type, convert_to(o.body, 'UTF8') as body, o.trace_parent, o.created_at";

    private const string ChosenSql = """
        with chosen as (
            select id from platform.outbox where published_at is null and error is null order by id limit @Room for update skip locked
        )
        """;

    private const string TakeSql =
        ChosenSql
        + $"""

            delete from platform.outbox o using chosen c where o.id = c.id
            returning {Columns}
            """;

    // A claim or deletion that a crash of the server loses is an event that is published again, which an unclean stop causes anyway: worth
    // no wait for the disk, for which the service's own commits wait too.
    private const string NoHurry = "set local synchronous_commit = off; ";

    private const string ClaimSql =
        NoHurry
        + ChosenSql
        + $"""

            update platform.outbox o set published_at = @Now from chosen c where o.id = c.id
            returning {Columns}
            """;

    private const string KeepUnreadableSql = """
        delete from platform.outbox where message_id = any(@Ids);
        insert into platform.outbox (message_id, type, body, trace_parent, created_at, error)
        select * from unnest(@Ids::uuid[], @Types::text[], @Bodies::text[], @Traces::text[], @Times::timestamptz[], @Errors::text[])
        """;
}
