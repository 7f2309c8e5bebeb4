using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace MarketingPlatform.Cli.Bench.Messaging;

internal sealed class PublisherDatabase(NpgsqlDataSource source) : ServiceDatabase(source);

/// <summary>A service that only publishes.</summary>
internal sealed class PublishingService : IServiceModule
{
    public const string ConnectionName = "bench-publisher-db";

    public string Name => "bench-publisher";

    public void AddServices(IHostApplicationBuilder builder) => builder.AddServiceDatabase<PublisherDatabase>(Name, ConnectionName);

    public void MapEndpoints(IEndpointRouteBuilder root) { }
}

/// <summary>Writes events as services do: through a unit of work into the outbox, several writers at a time.</summary>
internal sealed class Writer(PublisherDatabase database, TimeProvider clock)
{
    public const int EventsPerMessage = 500;

    /// <summary>Requests that arrive together share a commit, in Customers too.</summary>
    public const int FactsPerCommit = 25;
    private const int Writers = 4;
    private const int Customers = 1_000;
    private static readonly JsonElement Properties = JsonSerializer.SerializeToElement(
        new
        {
            product_id = "SKU-10042",
            name = "Trail running shoe",
            category = "Shoes",
            price = 89.9,
            currency = "EUR",
            channel = "web",
            url = "https://shop.example/p/SKU-10042",
        }
    );

    private readonly Guid[] customers = [.. Enumerable.Range(0, Customers).Select(_ => Guid.CreateVersion7(clock.GetUtcNow()))];

    public Task WriteFactsAsync(int count, CancellationToken ct) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count).Chunk(FactsPerCommit),
            Together(ct),
            async (numbers, ct) =>
            {
                await using var work = await database.BeginAsync(ct);
                foreach (var number in numbers)
                    work.Publish(Fact(number));
                await work.CommitAsync(ct);
            }
        );

    public Task WriteBehaviourAsync(int events, CancellationToken ct) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, events).Chunk(EventsPerMessage),
            Together(ct),
            async (numbers, ct) =>
            {
                await using var work = await database.BeginAsync(ct);
                work.Publish(new BehaviourNoted([.. numbers.Select(Event)]));
                await work.CommitAsync(ct);
            }
        );

    private OrderNoted Fact(int number)
    {
        var now = clock.GetUtcNow();
        return new OrderNoted(
            Guid.CreateVersion7(now),
            customers[number % Customers],
            $"ORDER-{number}",
            [new CartLine("SKU-10042", null, 1, 89.9m)],
            89.9m,
            "EUR",
            now
        );
    }

    private BehaviourEvent Event(int number)
    {
        var now = clock.GetUtcNow();
        return new BehaviourEvent(
            Guid.CreateVersion7(now),
            customers[number % Customers],
            "track",
            "Product Viewed",
            "SKU-10042",
            "web",
            Properties,
            now
        );
    }

    private static ParallelOptions Together(CancellationToken ct) => new() { MaxDegreeOfParallelism = Writers, CancellationToken = ct };
}
