using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>One call of the Segment HTTP API.</summary>
/// <param name="Type">identify, page or track.</param>
/// <param name="MessageId">The same for the same event in every run.</param>
/// <param name="Name">Event name of a track, page name of a page; null for identify.</param>
/// <param name="Body">Traits of an identify, properties of the others.</param>
internal sealed record ShopCall(
    string Type,
    string MessageId,
    DateTimeOffset At,
    string? UserId,
    string? AnonymousId,
    string? Name,
    JsonObject Body,
    JsonObject? Context = null
)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        json.WriteString("messageId", MessageId);
        json.WriteString("timestamp", At.UtcDateTime);
        if (UserId is not null)
            json.WriteString("userId", UserId);
        if (AnonymousId is not null)
            json.WriteString("anonymousId", AnonymousId);
        if (Name is not null)
            json.WriteString(Type == "track" ? "event" : "name", Name);
        json.WritePropertyName(Type == "identify" ? "traits" : "properties");
        Body.WriteTo(json);
        if (Context is not null)
        {
            json.WritePropertyName("context");
            Context.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
