using System.Collections.Concurrent;
using MarketingPlatform.TestInfrastructure.Streams;
using MassTransit;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>Delivers messages to a service over its in-memory bus, and knows when it is done with each.</summary>
public sealed class Deliveries : IReceiveObserver
{
    private readonly ConcurrentDictionary<Guid, Waiting> waiting = new();
    private readonly IBus bus;
    private readonly string queues;

    /// <param name="service">What the names of the service's queues begin with ("email").</param>
    public Deliveries(IBus bus, string service)
    {
        ArgumentNullException.ThrowIfNull(bus);
        this.bus = bus;
        queues = service + "-";
        bus.ConnectReceiveObserver(this);
    }

    /// <summary>Gives a message to a bus; nobody waits for it here.</summary>
    public static Task PublishAsync(IBus bus, StreamMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(message);
        return bus.Publish(
            message.Message,
            message.Message.GetType(),
            Pipe.Execute<PublishContext>(context => context.MessageId = message.Id),
            ct
        );
    }

    /// <summary>Delivers messages under ids of their own; returns when each was handled.</summary>
    public Task DeliverAsync(IEnumerable<object> messages, CancellationToken ct) =>
        DeliverAsync([.. messages.Select(message => new StreamMessage(Guid.CreateVersion7(), message))], ct);

    /// <summary>Delivers messages, one as often as it is named; returns when each was handled as often.</summary>
    public async Task DeliverAsync(IReadOnlyList<StreamMessage> messages, CancellationToken ct)
    {
        List<Task> handled = [];
        foreach (var same in messages.GroupBy(message => message.Id))
        {
            var wait = new Waiting(same.Count());
            waiting[same.Key] = wait;
            handled.Add(wait.Task);
        }
        foreach (var message in messages)
            await PublishAsync(bus, message, ct);
        await Task.WhenAll(handled).WaitAsync(ct);
    }

    public Task PostReceive(ReceiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (
            context.InputAddress.AbsolutePath.Contains(queues, StringComparison.Ordinal)
            && context.GetMessageId() is { } id
            && waiting.TryGetValue(id, out var wait)
            && wait.IsLast()
        )
            waiting.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;

    private sealed class Waiting(int times)
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int left = times;

        public Task Task => done.Task;

        public bool IsLast() => Interlocked.Decrement(ref left) == 0 && done.TrySetResult();
    }
}
