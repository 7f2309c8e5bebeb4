using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>
/// Two services on a private broker and a private, durable PostgreSQL, each with its own database, as hosts in this process; beside them
/// the broker's own client. Everything is thrown away at the end.
/// </summary>
internal sealed class MessagingBench(TimeProvider clock, Action<string> say)
{
    private const int RawWarmUp = 20_000;
    private const int FactsWarmUp = 5_000;
    private const int BehaviourWarmUp = 200 * Writer.EventsPerMessage;

    public async Task<MessagingReport> RunAsync(int rounds, int seconds, CancellationToken ct)
    {
        say("Starting PostgreSQL and RabbitMQ …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        await using var rabbit = await LocalRabbitMq.StartThrowAwayAsync(say, ct: ct);
        await using var raw = await RawRabbit.OpenAsync(rabbit.AmqpUri(), clock, ct);
        await using var publisher = await StartAsync(new PublishingService(), PublishingService.ConnectionName, postgres, rabbit, ct);
        await using var consumer = await StartAsync(new ConsumingService(), ConsumingService.ConnectionName, postgres, rabbit, ct);
        var writer = ActivatorUtilities.CreateInstance<Writer>(publisher.Services);
        var tables = new ConsumerTables(consumer.Services, clock);
        await tables.CreateAsync(ct);

        var reached = await new Rounds(rounds, seconds, say).RunAsync(
            [
                new Workload("raw", "messages", RawWarmUp, raw.RunAsync),
                new Workload(
                    "facts",
                    "facts",
                    FactsWarmUp,
                    (n, ct) => tables.TimeAsync("facts", n, () => writer.WriteFactsAsync(n, ct), ct)
                ),
                new Workload(
                    "behaviour",
                    "events",
                    BehaviourWarmUp,
                    (n, ct) => tables.TimeAsync("behaviour", n, () => writer.WriteBehaviourAsync(n, ct), ct)
                ),
            ],
            ct
        );
        await publisher.StopAsync(ct);
        await consumer.StopAsync(ct);
        return MessagingReport.Of(reached[0], reached[1], reached[2]);
    }

    private static async Task<WebApplication> StartAsync(
        IServiceModule service,
        string connectionName,
        LocalPostgres postgres,
        LocalRabbitMq rabbit,
        CancellationToken ct
    )
    {
        var host = ServiceHost.Build([], [service], builder => Configure(builder, connectionName, postgres, rabbit));
        await host.StartAsync(ct);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, ct);
        return host;
    }

    private static void Configure(WebApplicationBuilder builder, string connectionName, LocalPostgres postgres, LocalRabbitMq rabbit)
    {
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                [$"ConnectionStrings:{connectionName}"] = postgres.ConnectionString(connectionName),
                ["ConnectionStrings:rabbitmq"] = rabbit.AmqpUri().ToString(),
            }
        );
        // Standard output is the result.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
