using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Console.Customers;

/// <summary>A customer as <c>GET /api/v1/customers</c> lists them; the lower half only at <c>/{id}</c>.</summary>
internal sealed record Customer(
    Guid Id,
    string? UserId,
    string? Email,
    string? FirstName,
    string? LastName,
    int? Age,
    string? Gender,
    string? Country,
    string? City,
    string? Language,
    DateTimeOffset? FirstSeenAt,
    DateTimeOffset? LastSeenAt,
    IReadOnlyList<Customer.Identifier>? Identifiers,
    IReadOnlyDictionary<string, JsonElement>? Traits,
    IReadOnlyDictionary<string, JsonElement>? Computed,
    IReadOnlyList<Customer.Consent>? Consents,
    IReadOnlyList<Customer.Part>? Merged
)
{
    internal sealed record Identifier(string Kind, string Value);

    /// <summary>Somebody who was folded into this customer.</summary>
    internal sealed record Part(Guid Id, IReadOnlyList<string> Names, DateTimeOffset At, bool CanBeUndone)
    {
        [JsonIgnore]
        public string Title => Names.Count > 0 ? string.Join(", ", Names) : "Visitor " + Id.ToString()[^8..];
    }

    internal sealed record Consent(string Purpose, bool Granted, DateTimeOffset At, string Source);

    /// <summary>What to call somebody: the name, else what is known.</summary>
    [JsonIgnore]
    public string Title =>
        $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : Email ?? UserId ?? "Visitor " + Id.ToString()[^8..];
}

/// <summary>One thing that happened, as <c>GET /api/v1/customers/{id}/timeline</c> tells it.</summary>
internal sealed record Happening(string? Kind, string? Name, DateTimeOffset At, JsonElement Properties)
{
    public string Title =>
        (Kind, Name) switch
        {
            ("segment-entered", { } segment) => $"Came into the segment “{NameOf(segment)}”",
            ("segment-left", { } segment) => $"Left the segment “{NameOf(segment)}”",
            ("mail", { } subject) => $"Got the mail “{subject}”",
            ("consent", { } purpose) => "Consent: " + Shell.Text.Words(purpose).ToLowerInvariant(),
            ("identify", _) => "Said who they are",
            ("merged", _) => "Became one with another customer",
            ("unmerged", _) => "Was taken apart from another customer",
            ("alias", { Length: > 0 } id) => $"Is also known as {id}",
            ("page" or "screen", { Length: > 0 } page) => "Looked at " + page,
            (_, { Length: > 0 } name) => name,
            _ => Kind ?? "event",
        };

    /// <summary>The keys of the RFM grid say so in front; its names do not.</summary>
    private static string NameOf(string segment) =>
        Shell.Text.Words(segment.StartsWith("rfm-", StringComparison.Ordinal) ? segment["rfm-".Length..] : segment);

    /// <returns>The properties that fit on a line or two.</returns>
    public string Details() =>
        Properties.ValueKind != JsonValueKind.Object
            ? ""
            : Shell.Text.Cut(
                string.Join(
                    " · ",
                    Properties
                        .EnumerateObject()
                        .Where(p => p.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                        // Ids of the platform's own: a person reads nothing in them.
                        .Where(p => p.Name is not ("segmentId" or "mailId" or "customerId"))
                        .Take(8)
                        .Select(p => $"{p.Name}: {Shell.Text.Cut(Of(p.Value), 80)}")
                ),
                300
            );

    private static string Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => $"{value.GetArrayLength()} entries",
            JsonValueKind.Object => $"{value.EnumerateObject().Count()} fields",
            _ => Shell.Text.Value(value),
        };
}
