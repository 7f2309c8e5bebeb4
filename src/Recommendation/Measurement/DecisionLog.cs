using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>One answer, as it is kept.</summary>
/// <param name="Products">As they were shown, first to last.</param>
/// <param name="Shortlist">What the first place was chosen from, best first.</param>
/// <param name="Chosen">Which of the shortlist got it, from 0.</param>
/// <param name="Propensity">How likely that was.</param>
internal sealed record Decision(
    string Id,
    DateTimeOffset At,
    Guid? Customer,
    string Placement,
    string? ModelVersion,
    string? Experiment,
    string? Arm,
    string[] Products,
    string[] Shortlist,
    int Chosen,
    double Propensity
);

/// <summary>
/// Keeps decisions without making anybody wait: they are written together, some tenths of a second later. A crash loses those; where the
/// database is away for so long that <see cref="Room"/> are waiting, the oldest are dropped and counted.
/// </summary>
internal sealed class DecisionLog : BackgroundService
{
    private const int Room = 200_000;
    private const int MostTogether = 5_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Channel<Decision> waiting;
    private readonly RecommendationDatabase database;
    private readonly TimeProvider clock;
    private readonly ILogger<DecisionLog> log;

    public DecisionLog(
        RecommendationDatabase database,
        TimeProvider clock,
        ILogger<DecisionLog> log,
        [FromKeyedServices(RecommendationModule.Service)] ServiceTelemetry telemetry
    )
    {
        (this.database, this.clock, this.log) = (database, clock, log);
        var dropped = telemetry.Meter.CreateCounter<long>(
            "marketing.recommendations.decisions_dropped",
            "{decision}",
            "Decisions that were not kept because the database was away for too long."
        );
        waiting = Channel.CreateBounded<Decision>(
            new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => dropped.Add(1)
        );
    }

    public void Keep(Decision decision) => waiting.Writer.TryWrite(decision);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Decision>();
        try
        {
            await database.WhenReadyAsync(stoppingToken);
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gathering, clock, stoppingToken);
                Take(batch);
                await WriteInTheEndAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var soon = new CancellationTokenSource(LastWords);
            Take(batch);
            await WriteAsync(batch, soon.Token);
        }
    }

    private void Take(List<Decision> batch)
    {
        while (batch.Count < MostTogether && waiting.Reader.TryRead(out var decision))
        {
            batch.Add(decision);
        }
    }

    private async Task WriteInTheEndAsync(List<Decision> batch, CancellationToken ct)
    {
        while (batch.Count > 0)
        {
            try
            {
                await WriteAsync(batch, ct);
                batch.Clear();
            }
            catch (NpgsqlException e)
            {
                log.LogWarning("Decisions wait for the database: {Cause}", e.Message);
                await Task.Delay(AfterFailure, clock, ct);
            }
        }
    }

    private async Task WriteAsync(List<Decision> batch, CancellationToken ct)
    {
        if (batch.Count == 0)
        {
            return;
        }
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(Erasure.SharedLock, null, ct);
        // Who was erased may still be asked for.
        var people = batch.Select(decision => decision.Customer).OfType<Guid>().Distinct().ToArray();
        var erased = await work.QueryAsync<Guid>("select id from unnest(@people) id where is_erased(id)", new { people }, ct);
        await CopyAsync(work.Connection, batch, erased.ToHashSet(), ct);
        await work.CommitAsync(ct);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<Decision> batch, HashSet<Guid> erased, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopySql, ct);
        foreach (var decision in batch)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(decision.Id, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(decision.At.ToUniversalTime(), NpgsqlDbType.TimestampTz, ct);
            await WriteNullableAsync(decision.Customer is { } id && !erased.Contains(id) ? id : null, NpgsqlDbType.Uuid);
            await copy.WriteAsync(decision.Placement, NpgsqlDbType.Text, ct);
            await WriteTextAsync(decision.ModelVersion);
            await WriteTextAsync(decision.Experiment);
            await WriteTextAsync(decision.Arm);
            await copy.WriteAsync(decision.Products, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            await copy.WriteAsync(decision.Shortlist, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            await copy.WriteAsync(decision.Chosen, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(decision.Propensity, NpgsqlDbType.Double, ct);
        }
        await copy.CompleteAsync(ct);

        Task WriteTextAsync(string? text) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Text, ct);

        Task WriteNullableAsync(Guid? customer, NpgsqlDbType type) =>
            customer is { } value ? copy.WriteAsync(value, type, ct) : copy.WriteNullAsync(ct);
    }

    private const string CopySql = """
        copy decisions (decision_id, at, customer_id, placement, model_version, experiment, arm, products, shortlist, chosen, propensity)
        from stdin (format binary)
        """;
}
