using System.Text.Json;

namespace MarketingPlatform.Customers.Consent;

/// <summary>What proves that somebody said something.</summary>
/// <param name="TextVersion">Which wording the customer saw.</param>
/// <param name="Ip">Where from.</param>
/// <param name="Token">What only this customer was given: of the confirming mail, of the mail with the link.</param>
internal sealed record ConsentEvidence(string? TextVersion = null, string? Ip = null, string? Token = null)
{
    public const int MaxLength = 200;

    /// <summary>As the collect API carries it: <c>context.consent.textVersion</c> and <c>.token</c>, <c>context.ip</c>.</summary>
    /// <param name="ip">Where a browser sent it from: counts where the call says nothing.</param>
    public static ConsentEvidence Of(JsonElement context, JsonElement consent, string? ip = null) =>
        new(Text(consent, "textVersion"), Text(context, "ip") ?? ip, Text(consent, "token"));

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= MaxLength } text
            ? text
            : null;
}
