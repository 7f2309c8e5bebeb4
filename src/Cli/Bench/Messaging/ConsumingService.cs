using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace MarketingPlatform.Cli.Bench.Messaging;

internal sealed class ConsumerDatabase(NpgsqlDataSource source) : ServiceDatabase(source);

/// <summary>A service that only consumes: each fact and each event of behaviour becomes a row of its own database.</summary>
internal sealed class ConsumingService : IServiceModule
{
    public const string ConnectionName = "bench-consumer-db";

    public string Name => "bench-consumer";

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<ConsumerDatabase>(Name, ConnectionName);
        builder.Services.AddSingleton<Arrivals>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root) { }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<OrderNotedConsumer>(Name);
        bus.AddInboxConsumer<BehaviourNotedConsumer>(Name);
    }
}

internal sealed class OrderNotedConsumer(InboxServices<ConsumerDatabase> inbox, Arrivals arrivals)
    : InboxConsumer<ConsumerDatabase, OrderNoted>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderNoted>> messages, UnitOfWork work, CancellationToken ct)
    {
        var facts = messages.Select(m => m.Message).ToArray();
        await work.ExecuteAsync(
            """
            insert into facts (id, customer_id, order_id, total, currency, at)
            select * from unnest(@Ids::uuid[], @Customers::uuid[], @Orders::text[], @Totals::numeric[], @Currencies::text[], @At::timestamptz[])
            """,
            new
            {
                Ids = facts.Select(f => f.FactId).ToArray(),
                Customers = facts.Select(f => f.CustomerId).ToArray(),
                Orders = facts.Select(f => f.OrderId).ToArray(),
                Totals = facts.Select(f => f.Total).ToArray(),
                Currencies = facts.Select(f => f.Currency).ToArray(),
                At = facts.Select(f => f.At.UtcDateTime).ToArray(),
            },
            ct
        );
        arrivals.Add(facts.Length);
    }
}

internal sealed class BehaviourNotedConsumer(InboxServices<ConsumerDatabase> inbox, Arrivals arrivals)
    : InboxConsumer<ConsumerDatabase, BehaviourNoted>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<BehaviourNoted>> messages, UnitOfWork work, CancellationToken ct)
    {
        BehaviourEvent[] events = [.. messages.SelectMany(m => m.Message.Events)];
        await work.ExecuteAsync(
            """
            insert into behaviour (id, customer_id, kind, name, product_id, channel, at)
            select * from unnest(
                @Ids::uuid[], @Customers::uuid[], @Kinds::text[], @Names::text[], @Products::text[], @Channels::text[], @At::timestamptz[])
            """,
            new
            {
                Ids = events.Select(e => e.EventId).ToArray(),
                Customers = events.Select(e => e.CustomerId).ToArray(),
                Kinds = events.Select(e => e.Kind).ToArray(),
                Names = events.Select(e => e.Name).ToArray(),
                Products = events.Select(e => e.ProductId).ToArray(),
                Channels = events.Select(e => e.Channel).ToArray(),
                At = events.Select(e => e.At.UtcDateTime).ToArray(),
            },
            ct
        );
        arrivals.Add(events.Length);
    }
}
