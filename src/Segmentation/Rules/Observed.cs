using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>What is kept of an event for rules: scalars only, folded, so that both evaluators compare the same values.</summary>
internal sealed record Observed(Guid EventId, Guid OriginId, string Name, string? Channel, string? Properties, DateTimeOffset At)
{
    public const int MostProperties = 60;
    private const int LongestName = 100;

    /// <param name="properties">As the shop sent them; anything but an object is nothing.</param>
    /// <param name="more">Added where the shop's own do not have the name.</param>
    public static Observed Of(
        Guid eventId,
        Guid customer,
        string name,
        string? channel,
        JsonElement? properties,
        DateTimeOffset at,
        params ReadOnlySpan<(string Name, string? Value)> more
    )
    {
        var kept = new JsonObject();
        if (properties is { ValueKind: JsonValueKind.Object } all)
            foreach (var member in all.EnumerateObject())
                if (
                    kept.Count < MostProperties
                    && Name_(member.Name) is { } key
                    && Literal.Read(member.Value)?.Folded() is { Text: not "" } value
                )
                    kept[key] = value.ToJson();
        foreach (var (key, value) in more)
            if (!string.IsNullOrWhiteSpace(value) && !kept.ContainsKey(key))
                kept[key] = Literal.Fold(value);
        return new Observed(
            eventId,
            customer,
            Literal.Fold(name),
            string.IsNullOrWhiteSpace(channel) ? null : Literal.Fold(channel),
            kept.Count == 0 ? null : kept.ToJsonString(),
            at
        );
    }

    private static string? Name_(string name) =>
        name.Length is > 0 and <= LongestName && Literal.Fold(name) is { Length: > 0 } folded ? folded : null;
}
