using System.Text.Json;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>A row of the outbox as it lies there.</summary>
/// <param name="Body">JSON in UTF-8.</param>
internal sealed record WaitingRow(long Id, Guid MessageId, string Type, byte[] Body, string? TraceParent, DateTimeOffset CreatedAt);

/// <summary>A row of the outbox, read: what can be published, or why it cannot.</summary>
/// <param name="Message">Only for a transport that takes objects.</param>
/// <param name="Error">Why it cannot be published; null where it can.</param>
internal sealed record OutgoingRow(WaitingRow Row, Type? Type, object? Message, string? Error)
{
    /// <summary>
    /// One row that cannot be read must not hold up the others. A broker is handed the stored bytes, so for it they need only be an object;
    /// to make a message of each and write it again would cost as much as all the rest.
    /// </summary>
    public static OutgoingRow Read(WaitingRow row, bool asObject)
    {
        if (MessageTypes.Find(row.Type) is not { } type)
            return new OutgoingRow(row, null, null, "unknown type");
        try
        {
            if (!IsObject(row.Body))
                return new OutgoingRow(row, null, null, "unreadable body: it is no object");
            return new OutgoingRow(row, type, asObject ? JsonSerializer.Deserialize(row.Body, type, Json.Options) : null, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new OutgoingRow(row, null, null, "unreadable body: " + e.Message);
        }
    }

    /// <exception cref="JsonException">It is not JSON.</exception>
    private static bool IsObject(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (reader.Read()) { }
        return isObject;
    }
}
