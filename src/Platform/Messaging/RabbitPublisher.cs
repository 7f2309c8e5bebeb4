using System.Buffers;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MassTransit;
using MassTransit.Serialization;
using RabbitMQ.Client;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>An event on its way to the broker.</summary>
/// <param name="Body">The event as JSON, in UTF-8.</param>
/// <param name="TraceParent">W3C trace parent that the consumer continues.</param>
internal sealed record Publication(Guid MessageId, Type Type, ReadOnlyMemory<byte> Body, string? TraceParent, DateTimeOffset At);

/// <summary>
/// Publishes for one outbox, in MassTransit's envelope, on a connection of its own that is thrown away when anything goes wrong. A channel
/// that was waiting for the broker when it went down never answers again (rabbitmq-dotnet-client issue 1930), and MassTransit keeps using
/// it; here the next batch begins on a fresh one.
/// </summary>
internal sealed class RabbitPublisher(Uri broker, string name, IBus bus) : IAsyncDisposable
{
    /// <summary>How long the broker may take for a batch.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>About what an envelope adds.</summary>
    private const int EnvelopeBytes = 512;

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);
    private static readonly Dictionary<string, object?> Quorum = new() { ["x-queue-type"] = "quorum" };

    private readonly Dictionary<Type, string> exchanges = [];
    private IConnection? connection;
    private IChannel? channel;

    /// <summary>Completes when the broker has confirmed every event.</summary>
    /// <exception cref="TimeoutException">The broker did not confirm all of them in time; publish them again.</exception>
    public async Task PublishAsync(IReadOnlyList<Publication> batch, CancellationToken ct)
    {
        try
        {
            await PublishOnceAsync(batch, ct).WaitAsync(Patience, ct);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task PublishOnceAsync(IReadOnlyList<Publication> batch, CancellationToken ct)
    {
        var open = await OpenAsync(ct);
        foreach (var type in batch.Select(publication => publication.Type).Distinct().Where(type => !exchanges.ContainsKey(type)))
            exchanges[type] = await DeclareAsync(open, type, ct);
        await Task.WhenAll(batch.Select(publication => SendAsync(open, publication, ct)));
    }

    private Task SendAsync(IChannel open, Publication publication, CancellationToken ct)
    {
        var properties = new BasicProperties
        {
            Persistent = true,
            MessageId = publication.MessageId.ToString(),
            ContentType = SystemTextJsonMessageSerializer.JsonContentType.ToString(),
            // Where MassTransit's own spans find their parent.
            Headers = publication.TraceParent is { } trace ? new Dictionary<string, object?> { ["MT-Activity-Id"] = trace } : null,
        };
        return open.BasicPublishAsync(exchanges[publication.Type], "", mandatory: false, properties, Envelope(publication), ct).AsTask();
    }

    /// <summary>MassTransit's envelope, written round the event's own bytes.</summary>
    internal static ReadOnlyMemory<byte> Envelope(Publication publication)
    {
        var buffer = new ArrayBufferWriter<byte>(publication.Body.Length + EnvelopeBytes);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("messageId", publication.MessageId);
            json.WriteStartArray("messageType");
            json.WriteStringValue(MessageUrn.ForTypeString(publication.Type));
            json.WriteEndArray();
            json.WritePropertyName("message");
            // Read once already, by the outbox.
            json.WriteRawValue(publication.Body.Span, skipInputValidation: true);
            json.WriteString("sentTime", publication.At.UtcDateTime);
            json.WriteStartObject("headers");
            json.WriteString(MessageHeaderNames.TraceParent, publication.TraceParent);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        if (channel is { IsOpen: true })
            return channel;
        await CloseAsync();
        var factory = new ConnectionFactory
        {
            Uri = broker,
            AutomaticRecoveryEnabled = false,
            SocketFactory = BrokerSocket.Create,
            ClientProvidedName = name,
        };
        connection = await factory.CreateConnectionAsync(ct);
        // No throttle of the client's own: a batch is bounded already.
        channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(true, true, outstandingPublisherConfirmationsRateLimiter: null),
            ct
        );
        return channel;
    }

    /// <summary>The event's exchange, with the queues of all who listen: one that has never run yet misses nothing.</summary>
    private async Task<string> DeclareAsync(IChannel open, Type type, CancellationToken ct)
    {
        if (!bus.Topology.PublishTopology.TryGetPublishAddress(type, bus.Address, out var address) || address is null)
            throw new InvalidOperationException($"{type} cannot be published: it has no exchange.");
        var exchange = Uri.UnescapeDataString(address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..]);
        await open.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        foreach (var service in Subscriptions.ByEvent.GetValueOrDefault(type, []))
        {
            var queue = MessageBus.QueueOf(service, type);
            await open.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, cancellationToken: ct);
            await open.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: ct);
            await open.ExchangeBindAsync(queue, exchange, "", cancellationToken: ct);
            await open.QueueBindAsync(queue, queue, "", cancellationToken: ct);
        }
        return exchange;
    }

    private async Task CloseAsync()
    {
        exchanges.Clear();
        var (oldChannel, oldConnection) = (channel, connection);
        (channel, connection) = (null, null);
        if (oldConnection is null)
            return;
        // Politely where the broker answers, and never for long where it does not.
        var closing = Task.Run(async () =>
        {
            await oldConnection.AbortAsync(ClosePatience);
            if (oldChannel is not null)
                await oldChannel.DisposeAsync();
            await oldConnection.DisposeAsync();
        });
        await closing.WaitAsync(2 * ClosePatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
