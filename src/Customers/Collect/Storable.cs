using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MarketingPlatform.Customers.Collect;

/// <summary>What JSON allows and neither the database nor the readers of our events can hold.</summary>
internal static class Storable
{
    /// <summary>Readers of JSON stop at 64, and the event stands inside of a batch inside of a message.</summary>
    private const int MaxDepth = 32;

    /// <summary>PostgreSQL's numeric holds far more digits; nobody means them.</summary>
    private const int MaxNumberLength = 400;

    private const int MaxExponent = 400;

    public const string TooLarge = "event-too-large";

    /// <returns>Why the value cannot be stored; null where it can.</returns>
    public static (string Reason, string Detail)? Check(JsonElement value, int maxBytes)
    {
        var utf8 = JsonMarshal.GetRawUtf8Value(value);
        if (utf8.Length > maxBytes)
            return (
                TooLarge,
                $"A call may have {maxBytes} bytes; this one has {utf8.Length}. Send less in properties, traits and context."
            );
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= MaxDepth)
                return ("nested-too-deep", $"Objects and arrays may stand {MaxDepth} deep in each other. Send a flatter call.");
            if (reader.TokenType == JsonTokenType.Number && !IsStorableNumber(reader.ValueSpan))
                return (
                    "number-out-of-range",
                    $"A number may have {MaxNumberLength} characters and an exponent up to {MaxExponent}. Send it as text."
                );
        }
        return null;
    }

    /// <summary>The beginning of a text, never half of a surrogate pair.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text
        : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)]
        : text[..length];

    private static bool IsStorableNumber(ReadOnlySpan<byte> number)
    {
        if (number.Length > MaxNumberLength)
            return false;
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        return e < 0
            || (
                int.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                && exponent is >= -MaxExponent and <= MaxExponent
            );
    }
}
