using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// The collect API for systems that publish to RabbitMQ instead of calling HTTP: the same bodies as plain JSON on the exchange
/// <c>marketing.in</c>, bare or as a CloudEvent in structured mode.
/// </summary>
internal sealed class PlainJsonConsumer(
    InboxServices<CustomersDatabase> inbox,
    StoreCalls store,
    IOptions<CustomersOptions> options,
    TimeProvider clock
) : InboxConsumer<CustomersDatabase, RawMessage>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<RawMessage>> messages, UnitOfWork work, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return store.StoreAsync([.. messages.Select(message => PlainJson.Read(message, now, options.Value.MaxEventBytes))], work, ct);
    }
}

/// <summary>Understands a message of <c>marketing.in</c>. No I/O.</summary>
internal static class PlainJson
{
    private const string Batch = "batch";

    /// <summary>The routing key for events that say themselves what they are.</summary>
    private const string AnyEvent = "event";

    /// <exception cref="UnusableMessageException">The routing key or the schema is not known here.</exception>
    public static Arrival Read(Received<RawMessage> message, DateTimeOffset now, int maxBytes)
    {
        var key = message.Message.RoutingKey;
        if (key is not (Batch or AnyEvent) && !ReadCall.Kinds.Contains(key))
            throw new UnusableMessageException(
                $"Unknown routing key '{key}'. Use one of: {string.Join(", ", ReadCall.Kinds)}, {Batch}, or {AnyEvent} with a 'type' in the body."
            );
        // Not disposed: the calls read from it until they are stored.
        var document = Parse(message.Message.Body);
        var body = document.RootElement;
        var kind = key is Batch or AnyEvent ? null : key;
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("specversion", out _))
            (body, kind) = Unwrap(body, kind);
        if (key == Batch)
            return ReadBatch(body, message, now, maxBytes);
        var (call, rejected) = ReadCall.From(body, 0, kind, null, now, maxBytes, SenderOf(message));
        if (call is null)
            throw new UnusableMessageException($"{rejected!.Reason}: {rejected.Detail}");
        return new Arrival([call], [], now);
    }

    /// <summary>Who reaches the broker is a system of the shop.</summary>
    private static Sender SenderOf(Received<RawMessage> message) => new(message.TraceParent, Vouched: true);

    private static JsonDocument Parse(string body)
    {
        try
        {
            return SafeJson.Read(body);
        }
        catch (JsonException e)
        {
            throw new UnusableMessageException($"The body is not JSON: {e.Message}");
        }
    }

    private static Arrival ReadBatch(JsonElement body, Received<RawMessage> message, DateTimeOffset now, int maxBytes)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(Batch, out var batch) || batch.ValueKind != JsonValueKind.Array)
            throw new UnusableMessageException("Send an object with 'batch', an array of calls.");
        var read = batch
            .EnumerateArray()
            .Select((call, i) => ReadCall.From(call, i, null, body, now, maxBytes, SenderOf(message)))
            .ToArray();
        return new Arrival([.. read.Select(r => r.Call).OfType<Call>()], [.. read.Select(r => r.Rejected).OfType<RejectedCall>()], now);
    }

    /// <summary>A CloudEvent in structured mode: its data is the call; its type, id and time stand in for what the call leaves out.</summary>
    private static (JsonElement Body, string? Kind) Unwrap(JsonElement envelope, string? kind)
    {
        if (!envelope.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
            throw new UnusableMessageException("A CloudEvent needs 'data', a JSON object with the call.");
        var type = envelope.TryGetProperty("type", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        var named = type[(type.LastIndexOf('.') + 1)..];
        var call = data.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
        if (envelope.TryGetProperty("id", out var id))
            call.TryAdd("messageId", id);
        if (envelope.TryGetProperty("time", out var time))
            call.TryAdd("timestamp", time);
        return (JsonSerializer.SerializeToElement(call), kind ?? (ReadCall.Kinds.Contains(named) ? named : null));
    }
}
