using System.Collections.Concurrent;
using System.Diagnostics;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.LocalServers;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using CommandException = MarketingPlatform.Platform.CommandLine.CommandException;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>Events come in by the bus, changes go out by the bus; how long it takes, and what it costs.</summary>
internal sealed class FollowRun(RunningService service, SegmentsLoad load, TimeProvider clock)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForTheLast = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, long> accepted = new();
    private readonly ConcurrentQueue<double> latencies = new();
    private volatile bool measuring;

    public async Task<FollowFigures> RunAsync(int postgres, CancellationToken ct)
    {
        var bus = service.Services.GetRequiredService<IBus>();
        var listening = service
            .Services.GetRequiredService<IReceiveEndpointConnector>()
            .ConnectReceiveEndpoint(
                "bench-changes",
                (_, endpoint) =>
                {
                    endpoint.Handler<SegmentEntered>(context => Changed(context.Message.CustomerId));
                    endpoint.Handler<SegmentLeft>(context => Changed(context.Message.CustomerId));
                }
            );
        await listening.Ready;
        var random = new Random(1);
        await SendAsync(bus, WarmUp, random, ct);
        using var stages = new StageTimes();
        using var self = Process.GetCurrentProcess();
        var (service0, postgres0) = (self.TotalProcessorTime, ProcessorTime.Of(postgres));
        measuring = true;
        var sent = await SendAsync(bus, TimeSpan.FromSeconds(load.Seconds), random, ct);
        // Changes of the last events are on their way still, and count; whatever takes longer is missing from the figure.
        await Task.Delay(ForTheLast, clock, ct);
        measuring = false;
        self.Refresh();
        return new FollowFigures(
            sent / (double)load.Seconds,
            Summarise([.. latencies]),
            stages.Read(),
            (self.TotalProcessorTime - service0).TotalMilliseconds / sent,
            (ProcessorTime.Of(postgres) - postgres0)?.TotalMilliseconds / sent,
            await service.ScalarAsync<long>("select count(*) from dirty", ct),
            self.WorkingSet64,
            ResidentMemory.Of(postgres)?.ProportionalBytes
        );
    }

    /// <summary>Changes of a customer of whom an event was accepted in this run; what time alone changed does not count.</summary>
    private Task Changed(Guid customer)
    {
        if (measuring && accepted.TryGetValue(customer, out var at))
            latencies.Enqueue(clock.GetElapsedTime(at).TotalMilliseconds);
        return Task.CompletedTask;
    }

    /// <summary>Ten messages a second, as collect would pack them.</summary>
    private async Task<int> SendAsync(IBus bus, TimeSpan length, Random random, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var sent = 0;
        while (clock.GetElapsedTime(began) is var elapsed && elapsed < length)
        {
            var wanted = (int)(elapsed.TotalSeconds * load.EventsPerSecond) - sent;
            foreach (var some in Enumerable.Range(0, wanted).Chunk(500))
            {
                var now = clock.GetUtcNow();
                BehaviourEvent[] events = [.. some.Select(_ => FollowedShop.Event(random, load.Customers, now))];
                foreach (var e in events)
                    accepted[e.CustomerId] = clock.GetTimestamp();
                await bus.Publish(new BehaviourBatch(events), context => context.MessageId = Guid.CreateVersion7(), ct);
                sent += some.Length;
            }
            await Task.Delay(100, ct);
        }
        return sent;
    }

    private static Latency Summarise(double[] all)
    {
        Array.Sort(all);
        if (all.Length == 0)
            throw new CommandException("No change was published: nothing could be measured.");
        return new Latency(all.Length, At(0.5), At(0.95), At(0.99), all[^1]);

        double At(double share) => all[Math.Min(all.Length - 1, (int)(share * all.Length))];
    }
}
