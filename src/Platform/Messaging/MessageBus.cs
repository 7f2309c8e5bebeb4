using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MarketingPlatform.Platform.Messaging;

/// <param name="Queue"><c>{service}-{event}</c>; also the consumer's name in inbox and failures.</param>
internal sealed record ConsumerRegistration(Type Consumer, Type Message, Type Database, string Service, string Queue);

public static class MessageBus
{
    private const int MessageLimit = 200;
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Adds a consumer; its queue is <c>{service}-{event}</c>.</summary>
    public static void AddInboxConsumer<TConsumer>(this IBusRegistrationConfigurator bus, string service)
        where TConsumer : class, IConsumer
    {
        ArgumentNullException.ThrowIfNull(bus);
        var definition =
            Ancestors(typeof(TConsumer))
                .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(InboxConsumer<,>))
            ?? throw new ArgumentException($"{typeof(TConsumer)} is not an InboxConsumer.", nameof(bus));
        var arguments = definition.GetGenericArguments();
        var queue = QueueOf(service, arguments[1]);
        if (
            arguments[1].Assembly == typeof(Subscriptions).Assembly
            && !Subscriptions.ByEvent.GetValueOrDefault(arguments[1], []).Contains(service)
        )
            throw new InvalidOperationException(
                $"List '{service}' under {arguments[1].Name} in Contracts/Subscriptions.cs: {typeof(TConsumer)} listens to it."
            );
        bus.AddSingleton(new ConsumerRegistration(typeof(TConsumer), arguments[1], arguments[0], service, queue));
        bus.AddConsumer<TConsumer>(consumer =>
                consumer.Options<BatchOptions>(batch => batch.SetMessageLimit(MessageLimit).SetTimeLimit(BatchWait).SetConcurrencyLimit(1))
            )
            .Endpoint(endpoint =>
            {
                endpoint.Name = queue;
                endpoint.PrefetchCount = 2 * MessageLimit;
            });
    }

    internal static void AddMessageBus(this IHostApplicationBuilder builder, IReadOnlyList<IServiceModule> modules)
    {
        builder
            .Services.AddOptions<MessagingOptions>()
            .BindConfiguration(MessagingOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<OutboxTelemetry>();
        builder.Services.AddSingleton<AcknowledgementWindow>();
        var inMemory = builder.Configuration[MessagingOptions.Section + ":" + nameof(MessagingOptions.Transport)] == "memory";
        var broker = inMemory ? null : BrokerOf(builder.Configuration);
        builder.Services.AddSingleton(new BrokerAddress(broker));
        builder.Services.AddMassTransit(bus =>
        {
            // A shop's process tells nobody that it runs.
            bus.DisableUsageTelemetry();
            // In /health people look for what is missing, not for the library that misses it.
            bus.ConfigureHealthCheckOptions(health => health.Name = broker is null ? "bus" : "rabbitmq");
            foreach (var module in modules)
                module.AddConsumers(bus);
            if (broker is null)
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            else
            {
                bus.AddConfigureEndpointsCallback(
                    (_, endpoint) =>
                    {
                        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
                            rabbit.SetQuorumQueue();
                    }
                );
                bus.UsingRabbitMq(
                    (context, rabbit) =>
                    {
                        rabbit.Host(
                            broker,
                            host =>
                                host.OnRefreshConnectionFactory = factory =>
                                {
                                    factory.SocketFactory = BrokerSocket.Create;
                                    return Task.CompletedTask;
                                }
                        );
                        rabbit.ConfigureEndpoints(context);
                    }
                );
            }
        });
        // The outbox waits for the bus, so the host need not: /health answers and names the broker while it is away.
        builder.Services.Configure<MassTransitHostOptions>(o => o.StopTimeout = TimeSpan.FromSeconds(2));
    }

    internal static void AddServiceMessaging<TDatabase>(this IHostApplicationBuilder builder, string service)
        where TDatabase : ServiceDatabase
    {
        builder.Services.AddSingleton(services => new InboxServices<TDatabase>(
            services.GetRequiredService<TDatabase>(),
            services.GetServices<ConsumerRegistration>(),
            services.GetRequiredService<AcknowledgementWindow>(),
            services.GetRequiredService<OutboxTelemetry>(),
            services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MessagingOptions>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<Microsoft.Extensions.Logging.ILogger<InboxServices<TDatabase>>>()
        ));
        builder.Services.AddHostedService<OutboxDispatcher<TDatabase>>();
        builder.Services.AddHostedService<Redelivery<TDatabase>>();
        builder.Services.AddKeyedSingleton<ServiceDatabase>(service, (services, _) => services.GetRequiredService<TDatabase>());
    }

    private static Uri BrokerOf(IConfiguration configuration) =>
        Uri.TryCreate(configuration.GetConnectionString("rabbitmq"), UriKind.Absolute, out var address)
            ? address
            : throw new InvalidOperationException(
                "Services exchange events over RabbitMQ: set ConnectionStrings__rabbitmq (amqp://user:password@host:port/vhost), "
                    + "or run everything in one process with './marketing up'."
            );

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
            yield return current;
    }

    /// <summary>A queue for each service and event, named after both: a service has one consumer of an event.</summary>
    internal static string QueueOf(string service, Type message) =>
        $"{service}-{KebabCaseEndpointNameFormatter.Instance.SanitizeName(message.Name)}";
}
