using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MassTransit;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>A message that this consumer has not seen before.</summary>
/// <param name="TraceParent">W3C trace parent of the publisher; hand it on with what the message causes.</param>
public sealed record Received<TMessage>(Guid MessageId, TMessage Message, string? TraceParent, DateTimeOffset SentAt);

/// <summary>
/// Handles messages in sets, each exactly once in effect: the inbox removes repetitions in the transaction of the effect. A set that
/// fails is tried message by message; what still fails is tried again later from a table, then parked with its reason.
/// </summary>
public abstract class InboxConsumer<TDatabase, TMessage>(InboxServices<TDatabase> inbox) : IConsumer<Batch<TMessage>>, IInboxHandler
    where TDatabase : ServiceDatabase
    where TMessage : class
{
    /// <summary>Applies up to 200 messages in one transaction, which the caller commits.</summary>
    public abstract Task HandleAsync(IReadOnlyList<Received<TMessage>> messages, UnitOfWork work, CancellationToken ct);

    public Task Consume(ConsumeContext<Batch<TMessage>> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var received = context
            .Message.Select(message => new Received<TMessage>(
                message.MessageId ?? throw new InvalidOperationException("A message without id cannot be handled once."),
                message.Message,
                message.Headers.Get<string>(MessageHeaderNames.TraceParent),
                message.SentTime is { } sent ? new DateTimeOffset(sent.ToUniversalTime()) : DateTimeOffset.MinValue
            ))
            .DistinctBy(message => message.MessageId)
            .ToArray();
        return ReceiveAsync(received, context.CancellationToken);
    }

    internal Task ReceiveAsync(IReadOnlyList<Received<TMessage>> received, CancellationToken ct) =>
        inbox.ReceiveAsync(GetType(), received, HandleAsync, ct);

    Task IInboxHandler.HandleAgainAsync(FailedMessage failed, UnitOfWork work, CancellationToken ct)
    {
        var message = JsonSerializer.Deserialize<TMessage>(failed.Body, Json.Options)!;
        return HandleAsync([new Received<TMessage>(failed.MessageId, message, failed.TraceParent, failed.SentAt)], work, ct);
    }
}

/// <summary>How a message that failed before reaches its consumer again.</summary>
internal interface IInboxHandler
{
    Task HandleAgainAsync(FailedMessage failed, UnitOfWork work, CancellationToken ct);
}
