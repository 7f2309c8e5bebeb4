using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using MarketingPlatform.Platform.Data;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>Plain JSON of a system that knows nothing of MassTransit.</summary>
public sealed record RawMessage(string RoutingKey, string Body);

/// <summary>Trying again cannot help: the message is parked at once. The message says what is wrong with it.</summary>
public sealed class UnusableMessageException(string message) : Exception(message);

public static class RawIntakeRegistration
{
    /// <summary>
    /// Lets a consumer of <see cref="RawMessage"/> take everything that is published on a topic exchange. Needs RabbitMQ: without a
    /// broker there is nothing that other systems could publish to.
    /// </summary>
    /// <param name="exchange">Made where it is missing (topic, durable).</param>
    public static void AddRawIntake<TDatabase, TConsumer>(this IBusRegistrationConfigurator bus, string service, string exchange)
        where TDatabase : ServiceDatabase
        where TConsumer : InboxConsumer<TDatabase, RawMessage>
    {
        ArgumentNullException.ThrowIfNull(bus);
        var source = new RawSource<TConsumer>(exchange, $"{service}-{exchange}");
        bus.AddSingleton(source);
        bus.AddSingleton(new ConsumerRegistration(typeof(TConsumer), typeof(RawMessage), typeof(TDatabase), service, source.Queue));
        bus.AddScoped<TConsumer>();
        bus.AddHostedService<RawIntake<TDatabase, TConsumer>>();
    }
}

internal sealed record RawSource<TConsumer>(string Exchange, string Queue);

/// <summary>Takes messages in batches, acknowledges after the commit, connects again when the broker was away.</summary>
internal sealed class RawIntake<TDatabase, TConsumer>(
    RawSource<TConsumer> source,
    BrokerAddress broker,
    TDatabase database,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<RawIntake<TDatabase, TConsumer>> log
) : BackgroundService
    where TDatabase : ServiceDatabase
    where TConsumer : InboxConsumer<TDatabase, RawMessage>
{
    private const int BatchSize = 200;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, object?> Quorum = new() { ["x-queue-type"] = "quorum" };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (broker.Uri is null)
            return;
        await database.WhenReadyAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(broker.Uri, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Exchange {Exchange}: {Cause}; connecting again", source.Exchange, e.Message);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConsumeAsync(Uri address, CancellationToken ct)
    {
        var factory = new ConnectionFactory
        {
            Uri = address,
            AutomaticRecoveryEnabled = false,
            SocketFactory = BrokerSocket.Create,
            ClientProvidedName = source.Queue,
        };
        await using var connection = await factory.CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await channel.ExchangeDeclareAsync(source.Exchange, ExchangeType.Topic, durable: true, cancellationToken: ct);
        await channel.QueueDeclareAsync(source.Queue, durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: ct);
        await channel.QueueBindAsync(source.Queue, source.Exchange, "#", cancellationToken: ct);
        await channel.BasicQosAsync(0, 2 * BatchSize, global: false, ct);

        var deliveries = Channel.CreateUnbounded<(ulong Tag, Received<RawMessage> Message)>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => deliveries.Writer.WriteAsync((delivery.DeliveryTag, Read(delivery)), ct).AsTask();
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            deliveries.Writer.TryComplete(new InvalidOperationException(reason.ReplyText));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(source.Queue, autoAck: false, consumer, ct);
        while (await deliveries.Reader.WaitToReadAsync(ct))
        {
            var batch = new List<(ulong Tag, Received<RawMessage> Message)>();
            while (batch.Count < BatchSize && deliveries.Reader.TryRead(out var delivery))
                batch.Add(delivery);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TConsumer>().ReceiveAsync([.. batch.Select(entry => entry.Message)], ct);
            await channel.BasicAckAsync(batch[^1].Tag, multiple: true, ct);
        }
    }

    private Received<RawMessage> Read(BasicDeliverEventArgs delivery)
    {
        var now = clock.GetUtcNow();
        var properties = delivery.BasicProperties;
        return new Received<RawMessage>(
            IdOf(properties.MessageId, now),
            new RawMessage(delivery.RoutingKey, Encoding.UTF8.GetString(delivery.Body.Span)),
            properties.Headers?.TryGetValue(MessageHeaderNames.TraceParent, out var trace) == true && trace is byte[] text
                ? Encoding.UTF8.GetString(text)
                : null,
            properties.IsTimestampPresent() ? DateTimeOffset.FromUnixTimeSeconds(properties.Timestamp.UnixTime) : now
        );
    }

    /// <summary>The sender's message id makes a repetition harmless; without one each delivery is a message of its own.</summary>
    private static Guid IdOf(string? messageId, DateTimeOffset now) =>
        string.IsNullOrEmpty(messageId) ? Guid.CreateVersion7(now)
        : Guid.TryParse(messageId, out var id) ? id
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16));
}

/// <summary>Where the broker is; no address where events stay in this process.</summary>
internal sealed record BrokerAddress(Uri? Uri);
