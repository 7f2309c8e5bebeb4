using System.Collections.Concurrent;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>
/// What a transport that forgets on a crash (in memory) was given and has not been handled by every consumer yet. The outbox keeps those
/// rows; after an unclean stop they are published again, and the inbox makes that harmless.
/// </summary>
internal sealed class AcknowledgementWindow(IEnumerable<ConsumerRegistration> consumers)
{
    private readonly Dictionary<Type, int> consumersOf = consumers
        .GroupBy(consumer => consumer.Message)
        .ToDictionary(group => group.Key, group => group.Count());

    private readonly ConcurrentDictionary<Guid, Entry> waiting = new();

    /// <summary>Expects one acknowledgement from each consumer of the type; <paramref name="handled"/> runs after the last, at once where there is none.</summary>
    public void Track(Guid messageId, Type type, Action handled)
    {
        var expected = consumersOf.GetValueOrDefault(type);
        if (expected == 0)
            handled();
        else
            waiting[messageId] = new Entry(expected, handled);
    }

    /// <summary>One consumer has committed the effect of this message (or parked it).</summary>
    public void Acknowledge(Guid messageId)
    {
        if (!waiting.TryGetValue(messageId, out var entry) || Interlocked.Decrement(ref entry.Remaining) != 0)
            return;
        waiting.TryRemove(messageId, out _);
        entry.Handled();
    }

    private sealed class Entry(int remaining, Action handled)
    {
        public int Remaining = remaining;

        public Action Handled { get; } = handled;
    }
}
