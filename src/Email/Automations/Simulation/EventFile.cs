using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>
/// Events of a simulation, one JSON object a line: <c>{"at": time, "customer": id, "event": name, "data": {…}}</c>. A customer is a UUID or
/// any text; a product's change names none.
/// </summary>
internal static class EventFile
{
    private const int MaxLines = 20_000_000;

    /// <returns>Events in order of time.</returns>
    /// <exception cref="CommandException">A line cannot be read.</exception>
    public static IReadOnlyList<AutomationEvent> Read(TextReader reader, string name)
    {
        List<AutomationEvent> events = [];
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            if (line > MaxLines)
                throw new CommandException($"{name} has more than {MaxLines} lines; split it by time.");
            events.Add(ReadLine(text, line, name));
        }
        // Stable: what stands first of two at the same moment comes first.
        return [.. events.OrderBy(e => e.At)];
    }

    public static string Write(AutomationEvent happened) =>
        JsonSerializer.Serialize(
            new
            {
                at = happened.At,
                customer = happened.CustomerId,
                @event = happened.Name,
                data = happened.Data,
            }
        );

    /// <returns>The customer's own id, where the text is one.</returns>
    public static Guid CustomerId(string customer) => Guid.TryParse(customer, out var id) ? id : IdOf(customer);

    private static AutomationEvent ReadLine(string text, int line, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var what = Member(root, "event")?.GetString() is { Length: > 0 } given ? given : throw Wrong("event, its name");
            if (Member(root, "at") is not { ValueKind: JsonValueKind.String } at || !at.TryGetDateTimeOffset(out var moment))
                throw Wrong("at, a time like 2026-11-26T09:00:00Z");
            var customer = Member(root, "customer")?.GetString();
            if (string.IsNullOrEmpty(customer) && what != SimulatedCatalogue.ProductChanged)
                throw Wrong("customer, an id");
            return new(
                IdOf($"{name}/{line}"),
                customer is null ? Guid.Empty : CustomerId(customer),
                what,
                moment.ToUniversalTime(),
                Member(root, "data") is { ValueKind: JsonValueKind.Object } data ? data.Clone() : EventData.Empty
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CommandException($"{name}, line {line}: {e.Message} Give one JSON object a line.", e);
        }

        CommandException Wrong(string what) => new($"{name}, line {line}: give {what}.");
    }

    private static JsonElement? Member(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) ? value : null;

    private static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
