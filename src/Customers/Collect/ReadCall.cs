using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Customers.Identity;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Understands the bodies of the Segment HTTP API: one call, or a batch of calls that inherit what the batch says.</summary>
internal static class ReadCall
{
    public static readonly IReadOnlySet<string> Kinds = new HashSet<string> { "identify", "track", "page", "screen", "group", "alias" };

    public const int MaxIdLength = 512;

    /// <param name="kind">The kind that the path names; null where each call says it itself.</param>
    /// <param name="batch">The object around a batch, whose context and sentAt its calls inherit.</param>
    /// <returns>A call, or why there is none. The call reads from the memory of <paramref name="body"/> and <paramref name="batch"/>.</returns>
    public static (Call? Call, RejectedCall? Rejected) From(
        JsonElement body,
        int index,
        string? kind,
        JsonElement? batch,
        DateTimeOffset receivedAt,
        int maxBytes,
        Sender sender
    )
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Reject("not-an-object", "A call must be a JSON object.");
        if (Storable.Check(body, maxBytes) is { } unstorable)
            return Reject(unstorable.Reason, unstorable.Detail);
        var named = kind ?? Text(body, "type");
        if (named is null || !Kinds.Contains(named))
            return Reject(
                "unknown-type",
                $"'type' must be one of {string.Join(", ", Kinds)}; it is {(named is null ? "missing" : $"'{Storable.Cut(named, 40)}'")}."
            );
        var userId = Id(body, "userId");
        var anonymousId = Id(body, "anonymousId");
        var previousId = Id(body, "previousId");
        if (userId is null && anonymousId is null && !(named == "alias" && previousId is not null))
            return Reject(
                "no-id",
                "Send 'userId', 'anonymousId' or both: an event must belong to somebody. Values such as 'null', 'undefined' or 'anonymous' name nobody."
            );
        if (new[] { userId, anonymousId, previousId }.Any(id => id?.Length > MaxIdLength))
            return Reject("id-too-long", $"An id may have {MaxIdLength} characters.");
        if (named == "alias" && (previousId is null || (userId ?? anonymousId) is null))
            return Reject("alias-without-ids", "An alias needs 'previousId' and 'userId'.");
        var name = named switch
        {
            "track" => Text(body, "event"),
            "group" => Id(body, "groupId"),
            "alias" => previousId,
            _ => Text(body, "name"),
        };
        if (named == "track" && string.IsNullOrWhiteSpace(name))
            return Reject("no-event-name", "A track call needs 'event', the name of what happened.");
        var sentAt = Time(body, "sentAt") ?? (batch is { } around ? Time(around, "sentAt") : null);
        if (
            body.TryGetProperty("timestamp", out var given)
            && given.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            && Time(body, "timestamp") is null
        )
            return Reject("bad-timestamp", "'timestamp' must be an ISO 8601 time such as 2026-05-17T09:30:00Z.");
        var at = EventTime.Of(Time(body, "timestamp") ?? Time(body, "originalTimestamp"), sentAt, receivedAt);
        var context = Object(body, "context") ?? (batch is { } outer ? Object(outer, "context") : null);
        return (
            new Call(
                named,
                MessageId(body) ?? Guid.CreateVersion7(receivedAt).ToString(),
                userId,
                anonymousId,
                previousId,
                name,
                named switch
                {
                    "identify" => TraitsOf(body, context),
                    "group" => Object(body, "traits"),
                    _ => Object(body, "properties"),
                },
                context,
                at,
                sender.TraceParent,
                sender.Vouched,
                sender.Ip
            ),
            null
        );

        (Call?, RejectedCall?) Reject(string reason, string detail) =>
            (null, new RejectedCall(index, Text(body, "messageId"), reason, detail, Storable.Cut(body.GetRawText(), 4096)));
    }

    /// <summary>RudderStack's API and most of its libraries put the traits of an identify call into its context.</summary>
    private static JsonElement? TraitsOf(JsonElement body, JsonElement? context) =>
        Object(body, "traits") is { } traits && traits.EnumerateObject().Any() ? traits
        : context is { } around ? Object(around, "traits") ?? Object(body, "traits")
        : Object(body, "traits");

    /// <summary>A repetition of the same call gets the same: what is too long to be kept is kept as its hash.</summary>
    private static string? MessageId(JsonElement body)
    {
        if (!body.TryGetProperty("messageId", out var given))
            return null;
        var id = given.ValueKind switch
        {
            JsonValueKind.String => given.GetString(),
            JsonValueKind.Number => given.GetRawText(),
            _ => null,
        };
        return string.IsNullOrEmpty(id) ? null
            : id.Length <= MaxIdLength ? id
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Ids are strings; numbers are taken as written, since shops send both. What names nobody is no id.</summary>
    private static string? Id(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value))
            return null;
        var id = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        // PostgreSQL cannot store U+0000 in text.
        id = id?.Replace("\0", "", StringComparison.Ordinal).Trim();
        return string.IsNullOrEmpty(id) || IdentityRules.IsBlocked(id) ? null : id;
    }

    private static JsonElement? Object(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static DateTimeOffset? Time(JsonElement body, string name) =>
        Text(body, name) is { } text
        && DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at
        )
            ? at
            : null;
}
