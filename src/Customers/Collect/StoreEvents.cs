using System.Runtime.InteropServices;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Customers.Collect;

/// <summary>A call that is stored once, under an id of its own, and whose it is.</summary>
internal sealed record StoredEvent(Guid Id, Guid Customer, Call Call);

/// <summary>Writes events down, and tells the other services of those that are behaviour.</summary>
internal static class StoreEvents
{
    private const int EventsPerMessage = 500;

    /// <summary>By COPY: of all statements of a commit this one moves the most.</summary>
    public static async Task StoreAsync(UnitOfWork work, IReadOnlyList<StoredEvent> events, DateTimeOffset now, CancellationToken ct)
    {
        await using var copy = await work.Connection.BeginBinaryImportAsync(
            """
            copy events (id, customer_id, kind, name, message_id, properties, context, at, received_at) from stdin (format binary)
            """,
            ct
        );
        foreach (var (id, customer, call) in events)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(customer, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(call.Kind, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, call.Name, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(call.MessageId, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, Raw(call.Data), NpgsqlDbType.Jsonb, ct);
            await WriteAsync(copy, Raw(call.Context), NpgsqlDbType.Jsonb, ct);
            await copy.WriteAsync(call.At.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        }
        await copy.CompleteAsync(ct);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken ct)
        where T : class => value is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(value, type, ct);

    private static byte[]? Raw(JsonElement? json) => json is { } element ? JsonMarshal.GetRawUtf8Value(element).ToArray() : null;

    /// <summary>Tells the other services what people did, in sets.</summary>
    public static void Publish(UnitOfWork work, IReadOnlyList<StoredEvent> events)
    {
        foreach (var chunk in events.Where(e => e.Call.Kind is not ("identify" or "alias")).Chunk(EventsPerMessage))
            work.Publish(
                new BehaviourBatch([
                    .. chunk.Select(e => new BehaviourEvent(
                        e.Id,
                        e.Customer,
                        e.Call.Kind,
                        e.Call.Name,
                        Commerce.ProductOf(e.Call),
                        Commerce.ChannelOf(e.Call),
                        e.Call.Data,
                        e.Call.At,
                        AdClicks.Of(e.Call)
                    )),
                ]),
                chunk[0].Call.TraceParent
            );
    }
}
