using System.Threading.Channels;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>What one request brought.</summary>
internal sealed record Arrival(IReadOnlyList<Call> Calls, IReadOnlyList<RejectedCall> Rejected, DateTimeOffset ReceivedAt);

/// <summary>
/// Requests that come at the same time share a commit: a commit costs the same for one event as for hundreds. Each request is answered
/// after the commit that holds it.
/// </summary>
internal sealed class CollectWriter(
    StoreCalls store,
    IOptions<CustomersOptions> options,
    [FromKeyedServices("customers")] ServiceTelemetry telemetry,
    ILogger<CollectWriter> log
) : BackgroundService
{
    private readonly Channel<Waiting> arrivals = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(2000) { SingleReader = true });

    public async Task WriteAsync(Arrival arrival, CancellationToken ct)
    {
        var waiting = new Waiting(arrival, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await arrivals.Writer.WriteAsync(waiting, ct);
        await waiting.Stored.Task.WaitAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await arrivals.Reader.WaitToReadAsync(stoppingToken))
                await StoreAsync(TakeGroup(), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (arrivals.Reader.TryRead(out var waiting))
                waiting.Stored.TrySetCanceled(stoppingToken);
        }
    }

    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        var calls = 0;
        while (calls < options.Value.CallsPerCommit && arrivals.Reader.TryRead(out var next))
        {
            group.Add(next);
            calls += next.Arrival.Calls.Count + next.Arrival.Rejected.Count;
        }
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
            group[0].Stored.TrySetException(e);
            foreach (var waiting in group.Skip(1))
                waiting.Stored.TrySetException(e);
        }
    }

    private sealed record Waiting(Arrival Arrival, TaskCompletionSource Stored);
}
