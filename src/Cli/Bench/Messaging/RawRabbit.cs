using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>
/// What the broker and its own client do without us: persistent messages of 500 bytes through a quorum queue, each confirmed to the
/// publisher and acknowledged by the consumer. Publishing is pipelined and acknowledging grouped, so that this is the client at its best.
/// </summary>
internal sealed class RawRabbit : IAsyncDisposable
{
    public const int MessageBytes = 500;
    private const string Queue = "bench-raw";
    private const int Unconfirmed = 1_000;
    private const int AcknowledgeEvery = 100;

    private readonly IConnection connection;
    private readonly IChannel publishing;
    private readonly IChannel consuming;
    private readonly byte[] body = new byte[MessageBytes];
    private readonly TimeProvider clock;
    private TaskCompletionSource allConsumed = new();
    private int expected;
    private int consumed;

    private RawRabbit(IConnection connection, IChannel publishing, IChannel consuming, TimeProvider clock)
    {
        this.connection = connection;
        this.publishing = publishing;
        this.consuming = consuming;
        this.clock = clock;
    }

    public static async Task<RawRabbit> OpenAsync(Uri broker, TimeProvider clock, CancellationToken ct)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
        var confirms = new CreateChannelOptions(
            publisherConfirmationsEnabled: true,
            publisherConfirmationTrackingEnabled: true,
            // The limiter that the client offers delays publishers once half its permits are taken: it measured 1,150 messages/s,
            // and the window below 9,000 on the same machine.
            outstandingPublisherConfirmationsRateLimiter: null
        );
        var raw = new RawRabbit(
            connection,
            await connection.CreateChannelAsync(confirms, ct),
            await connection.CreateChannelAsync(null, ct),
            clock
        );
        await raw.ConsumeAsync(ct);
        return raw;
    }

    public async Task<TimeSpan> RunAsync(int messages, CancellationToken ct)
    {
        allConsumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        consumed = 0;
        expected = messages;
        var began = clock.GetTimestamp();
        var properties = new BasicProperties { Persistent = true };
        // A sliding window: the oldest confirm is awaited only when the window is full, so the broker never runs dry.
        var confirms = new Queue<Task>(Unconfirmed);
        for (var i = 0; i < messages; i++)
        {
            if (confirms.Count == Unconfirmed)
                await confirms.Dequeue();
            confirms.Enqueue(publishing.BasicPublishAsync("", Queue, mandatory: false, properties, body, ct).AsTask());
        }
        await Task.WhenAll(confirms);
        await allConsumed.Task.WaitAsync(ct);
        return clock.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        await publishing.DisposeAsync();
        await consuming.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task ConsumeAsync(CancellationToken ct)
    {
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await consuming.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: ct);
        await consuming.BasicQosAsync(0, Unconfirmed, global: false, ct);
        var consumer = new AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += ReceivedAsync;
        await consuming.BasicConsumeAsync(Queue, autoAck: false, consumer, ct);
    }

    private async Task ReceivedAsync(object sender, BasicDeliverEventArgs message)
    {
        // One consumer, one message at a time: no race on the count.
        var last = ++consumed == expected;
        if (last || consumed % AcknowledgeEvery == 0)
            await consuming.BasicAckAsync(message.DeliveryTag, multiple: true);
        if (last)
            allConsumed.TrySetResult();
    }
}
