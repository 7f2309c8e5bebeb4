using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers;
using MarketingPlatform.Gateway;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Segmentation;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using CommandException = MarketingPlatform.Platform.CommandLine.CommandException;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary>
/// Gateway, Customers and Segmentation with their own databases on a private, durable PostgreSQL and a private broker, in this process
/// with the client that sends; beside them the database alone, and Gateway and Customers without a consumer that wants the same two
/// cores, on databases and a broker of their own. Everything is thrown away at the end.
/// </summary>
internal sealed class CollectBench(TimeProvider clock, Action<string> say)
{
    private const int WarmUp = 200 * CollectClient.EventsPerRequest;
    private const int WarmUps = 2;
    private const string Key = "mp_collect_of-a-bench";

    public async Task<CollectReport> RunAsync(int rounds, int seconds, int memoryEvents, CancellationToken ct)
    {
        say("Starting PostgreSQL and RabbitMQ …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        await using var rabbit = await LocalRabbitMq.StartThrowAwayAsync(say, ct: ct);
        await using var host = await StartAsync(postgres, rabbit, "", [new SegmentationModule()], ct);
        await using var quietRabbit = await LocalRabbitMq.StartThrowAwayAsync(say, ct: ct);
        await using var quietHost = await StartAsync(postgres, quietRabbit, "quiet-", [], ct);
        var traffic = new Traffic(clock);
        await using var bare = new BareDatabase(NpgsqlDataSource.Create(postgres.ConnectionString()), traffic, clock);
        await bare.CreateAsync(ct);
        await using var pipeline = new Pipeline(
            new CollectClient(new Uri(host.Urls.First()), Key, traffic, clock),
            NpgsqlDataSource.Create(postgres.ConnectionString("segmentation-db")),
            clock
        );
        using var quietClient = new CollectClient(new Uri(quietHost.Urls.First()), Key, traffic, clock);
        // The whole shop is known before anything is measured.
        await pipeline.RunAsync(Traffic.Customers, ct);
        await quietClient.SendAsync(Traffic.Customers, ct);
        await StopFeedingWhoIsNotThereAsync(rabbit.AmqpUri(), ["segmentation"], ct);
        await StopFeedingWhoIsNotThereAsync(quietRabbit.AmqpUri(), [], ct);
        var accepted = new List<double>();
        var reached = await new Rounds(rounds, seconds, say).RunAsync(
            [
                new Workload("insert", "rows", WarmUp, bare.InsertAsync),
                new Workload("copy", "rows", WarmUp, bare.CopyAsync),
                new Workload(
                    "collect",
                    "events",
                    WarmUp,
                    async (events, ct) =>
                    {
                        // Only the measured rounds count, not the first calls, which compile.
                        if (accepted.Count == WarmUps)
                            pipeline.ForgetSingles();
                        var times = await pipeline.RunAsync(events, ct);
                        accepted.Add(events / times.Accepted.TotalSeconds);
                        return times.Committed;
                    }
                ),
                new Workload(
                    "accept",
                    "events",
                    WarmUp,
                    async (events, ct) =>
                    {
                        var began = clock.GetTimestamp();
                        await quietClient.SendAsync(events - events % CollectClient.EventsPerRequest, ct);
                        return clock.GetElapsedTime(began);
                    }
                ),
            ],
            ct
        );
        var latencies = pipeline.SingleMilliseconds.ToArray();
        var memory = await FlatMemoryAsync(pipeline, memoryEvents, ct);
        await host.StopAsync(ct);
        await quietHost.StopAsync(ct);
        return CollectReport.Of(reached[0], reached[1], reached[2], [.. accepted.TakeLast(rounds)], reached[3], latencies, memory);
    }

    private async Task<MemoryCurve> FlatMemoryAsync(Pipeline pipeline, int events, CancellationToken ct)
    {
        const int Steps = 10;
        var samples = new List<long>();
        for (var step = 1; step <= Steps && events > 0; step++)
        {
            await pipeline.RunAsync(events / Steps, ct);
            samples.Add(MemoryCurve.ResidentBytes());
            say($"memory after {step * (long)events / Steps:N0} events: {samples[^1] / (1024 * 1024):N0} MB");
        }
        return new MemoryCurve(events, samples);
    }

    private static async Task<WebApplication> StartAsync(
        LocalPostgres postgres,
        LocalRabbitMq rabbit,
        string prefix,
        IReadOnlyList<IServiceModule> consumers,
        CancellationToken ct
    )
    {
        var host = ServiceHost.Build(
            [],
            [new GatewayModule(), new CustomersModule(), .. consumers],
            builder => Configure(builder, postgres, rabbit, prefix)
        );
        await host.StartAsync(ct);
        foreach (var service in consumers.Select(module => module.Name).Prepend("customers"))
            await host.Services.GetRequiredKeyedService<ServiceDatabase>(service).WhenReadyAsync(ct);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, ct);
        return host;
    }

    private static void Configure(WebApplicationBuilder builder, LocalPostgres postgres, LocalRabbitMq rabbit, string prefix)
    {
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:gateway-db"] = postgres.ConnectionString(prefix + "gateway-db"),
                ["ConnectionStrings:customers-db"] = postgres.ConnectionString(prefix + "customers-db"),
                ["ConnectionStrings:segmentation-db"] = postgres.ConnectionString(prefix + "segmentation-db"),
                ["ConnectionStrings:rabbitmq"] = rabbit.AmqpUri().ToString(),
                ["Gateway:RouteToServices"] = "false",
                ["Gateway:SeedKeys:collect"] = Key,
                ["Services:Key"] = "key-of-all-services",
                ["Http:RequestsPerSecond"] = "100000",
            }
        );
        // Standard output is the result.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Services that do not run here would leave their copies of every event with the broker.</summary>
    private static async Task StopFeedingWhoIsNotThereAsync(Uri broker, IReadOnlyList<string> there, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(null, ct);
        foreach (var service in Subscriptions.ByEvent[typeof(BehaviourBatch)].Except(there))
            await channel.QueueDeleteAsync(service + "-behaviour-batch", cancellationToken: ct);
    }
}

/// <summary>From the client to the consumer's committed rows.</summary>
internal sealed class Pipeline(CollectClient client, NpgsqlDataSource segmentation, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public IReadOnlyCollection<double> SingleMilliseconds => client.SingleMilliseconds;

    public void ForgetSingles() => client.Forget();

    /// <returns>Until the last request was answered, and until Segmentation had committed the last event.</returns>
    public async Task<(TimeSpan Accepted, TimeSpan Committed)> RunAsync(int events, CancellationToken ct)
    {
        // Whole requests only.
        events -= events % CollectClient.EventsPerRequest;
        var before = await CommittedAsync(ct);
        var began = clock.GetTimestamp();
        var singles = await client.SendAsync(events, ct);
        var accepted = clock.GetElapsedTime(began);
        var sent = clock.GetTimestamp();
        var goal = before + events + singles;
        for (long committed; (committed = await CommittedAsync(ct)) != goal; await Task.Delay(Glance, clock, ct))
            if (committed > goal || clock.GetElapsedTime(sent) > Patience)
                throw new CommandException($"Segmentation counts {committed - before:N0} events, and {events + singles:N0} were accepted.");
        return (accepted, clock.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await segmentation.DisposeAsync();
    }

    private async Task<long> CommittedAsync(CancellationToken ct)
    {
        await using var command = segmentation.CreateCommand("select coalesce(sum(events), 0)::bigint from activity_days");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
