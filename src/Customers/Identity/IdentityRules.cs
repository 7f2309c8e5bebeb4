using System.Text.Json;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Profiles;

namespace MarketingPlatform.Customers.Identity;

/// <summary>Which values name nobody, and how many of a kind one person can have. No I/O.</summary>
internal static class IdentityRules
{
    /// <summary>What programs send where they know nobody: joined by these, strangers would become one person.</summary>
    private static readonly HashSet<string> Blocked = new(StringComparer.OrdinalIgnoreCase)
    {
        "null",
        "(null)",
        "undefined",
        "nil",
        "none",
        "nan",
        "unknown",
        "anonymous",
        "anonymous_user",
        "guest",
        "n/a",
        "true",
        "false",
        "0",
        "-1",
        "[object object]",
        "{}",
        "[]",
        "00000000-0000-0000-0000-000000000000",
        "null@null.null",
        "none@none.com",
        "noemail@noemail.com",
    };

    /// <summary>
    /// How many values of a kind one customer may have. A person has a few addresses and numbers and, since browsers forget, many anonymous
    /// ids; more than this is a counter in a shop or a test, and joining further strangers to it would do harm.
    /// </summary>
    /// <returns>No limit for user ids: only an alias adds a second one, and it says so in as many words.</returns>
    public static int MostOf(string kind) =>
        kind switch
        {
            Identifier.EmailKind or Identifier.PhoneKind => 5,
            Identifier.AnonymousIdKind => 500,
            _ => int.MaxValue,
        };

    /// <summary>The kinds of which there can be too many.</summary>
    public static readonly IReadOnlyList<string> Kinds = [Identifier.EmailKind, Identifier.PhoneKind, Identifier.AnonymousIdKind];

    public static bool IsBlocked(string value) => Blocked.Contains(value);

    /// <summary>The addresses and numbers by which an identify call names a person, strongest first.</summary>
    public static IReadOnlyList<Identifier> ContactsOf(Call call)
    {
        if (call.Kind != "identify" || call.Data is not { } traits)
            return [];
        var contacts = new List<Identifier>(2);
        if (Text(traits, "email") is { } email && Demographics.Address(email.Trim()) is { } address && !IsBlocked(address))
            contacts.Add(new Identifier(Identifier.EmailKind, address));
        if (Text(traits, "phone") is { } phone && E164(phone) is { } number)
            contacts.Add(new Identifier(Identifier.PhoneKind, number));
        return contacts;
    }

    /// <summary>A number with its country code, as digits after a plus sign (ITU-T E.164); null where the country is not said.</summary>
    internal static string? E164(string phone)
    {
        var digits = string.Concat(phone.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '.' or '/' or '(' or ')')));
        if (digits.StartsWith("00", StringComparison.Ordinal))
            digits = "+" + digits[2..];
        return digits is ['+', >= '1' and <= '9', ..] && digits.Length is >= 8 and <= 16 && digits[1..].All(char.IsAsciiDigit)
            ? digits
            : null;
    }

    private static string? Text(JsonElement traits, string name) =>
        traits.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
