using System.Threading.Channels;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>What one request brought.</summary>
internal sealed record Arrival(IReadOnlyList<Call> Calls, IReadOnlyList<RejectedCall> Rejected, DateTimeOffset ReceivedAt)
{
    public int Count => Calls.Count + Rejected.Count;
}

/// <summary>
/// Requests that come at the same time share a commit: a commit costs the same for one event as for hundreds. Each request is answered
/// after the commit that holds it. Two groups are under way at a time, so that neither the database nor this process waits for the other;
/// and as many of requests with few calls, which somebody's browser waits for: they do not stand behind thousands of calls that a server
/// sends in batches.
/// </summary>
internal sealed class CollectWriter(
    StoreCalls store,
    IOptions<CustomersOptions> options,
    [FromKeyedServices("customers")] ServiceTelemetry telemetry,
    ILogger<CollectWriter> log
) : BackgroundService
{
    private const int Writers = 2;

    /// <summary>Client libraries flush after about as many.</summary>
    private const int Few = 20;

    private readonly Channel<Waiting> fewCalls = Channel.CreateUnbounded<Waiting>();
    private readonly Channel<Waiting> manyCalls = Channel.CreateUnbounded<Waiting>();
    private int waitingCalls;

    /// <returns>False where so many calls are waiting already that the sender should come back later.</returns>
    public bool TryWrite(Arrival arrival, out Task stored)
    {
        var waitingNow = Interlocked.Add(ref waitingCalls, arrival.Count);
        // A request that is larger by itself comes through when nobody else waits: to come back later would not make it smaller.
        if (waitingNow > options.Value.MaxWaitingCalls && waitingNow > arrival.Count)
        {
            Interlocked.Add(ref waitingCalls, -arrival.Count);
            stored = Task.CompletedTask;
            return false;
        }
        var waiting = new Waiting(arrival, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        stored = waiting.Stored.Task;
        if (!(arrival.Count <= Few ? fewCalls : manyCalls).Writer.TryWrite(waiting))
            waiting.Stored.TrySetCanceled();
        return true;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Enumerable.Range(0, Writers).SelectMany(_ => new[] { fewCalls, manyCalls }).Select(lane => WriteAsync(lane, stoppingToken))
        );

    private async Task WriteAsync(Channel<Waiting> arrivals, CancellationToken stoppingToken)
    {
        try
        {
            while (await arrivals.Reader.WaitToReadAsync(stoppingToken))
                if (TakeGroup(arrivals.Reader) is { Count: > 0 } group)
                    await StoreAsync(group, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            arrivals.Writer.TryComplete();
            while (arrivals.Reader.TryRead(out var waiting))
                waiting.Stored.TrySetCanceled(stoppingToken);
        }
    }

    private List<Waiting> TakeGroup(ChannelReader<Waiting> arrivals)
    {
        var group = new List<Waiting>();
        var calls = 0;
        while (calls < options.Value.CallsPerCommit && arrivals.TryRead(out var next))
        {
            group.Add(next);
            calls += next.Arrival.Count;
        }
        Interlocked.Add(ref waitingCalls, -calls);
        return group;
    }

    private async Task StoreAsync(List<Waiting> group, CancellationToken ct)
    {
        using var activity = telemetry.Activities.StartActivity(
            "customers.store_calls",
            System.Diagnostics.ActivityKind.Internal,
            group.SelectMany(waiting => waiting.Arrival.Calls).FirstOrDefault()?.TraceParent
        );
        try
        {
            await store.StoreAsync([.. group.Select(waiting => waiting.Arrival)], ct);
            foreach (var waiting in group)
                waiting.Stored.TrySetResult();
        }
        catch (Exception e) when (group.Count > 1 && !ct.IsCancellationRequested)
        {
            log.LogWarning("A shared commit failed ({Cause}); its {Count} requests are stored one by one", e.Message, group.Count);
            foreach (var waiting in group)
                await StoreAsync([waiting], ct);
        }
        catch (Exception e)
        {
            foreach (var waiting in group)
                waiting.Stored.TrySetException(e);
        }
    }

    private sealed record Waiting(Arrival Arrival, TaskCompletionSource Stored);
}
