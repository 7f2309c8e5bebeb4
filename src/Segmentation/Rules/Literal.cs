using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// A number, a text or a truth: what a rule compares with and what was observed. Texts compare without regard to case: rules and
/// observations are folded by the one <see cref="Fold"/> before either evaluator sees them, so no collation has a say.
/// </summary>
internal readonly record struct Literal
{
    /// <summary>Beyond it sums could leave what both evaluators count exactly.</summary>
    public const decimal Largest = 1_000_000_000_000_000m;

    public const int Decimals = 6;
    public const int LongestText = 200;

    private Literal(decimal? number, string? text, bool? truth) => (Number, Text, Truth) = (number, text, truth);

    public decimal? Number { get; }

    public string? Text { get; }

    public bool? Truth { get; }

    public ValueType Type =>
        Number is not null ? ValueType.Number
        : Truth is not null ? ValueType.Truth
        : ValueType.Text;

    public static Literal Of(decimal number) => new(number, null, null);

    public static Literal Of(string text) => new(null, text, null);

    public static Literal Of(bool truth) => new(null, null, truth);

    public Literal Folded() => Text is null ? this : Of(Fold(Text));

    /// <summary>A JSON scalar; null for anything else, for text with nothing in it and for numbers beyond what is counted exactly.</summary>
    public static Literal? Read(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => Of(true),
            JsonValueKind.False => Of(false),
            JsonValueKind.String => TextOf(value) is { Length: > 0 } text ? Of(text) : null,
            JsonValueKind.Number => value.TryGetDecimal(out var number) && Math.Abs(number) <= Largest
                ? Of(Math.Round(number, Decimals))
                : null,
            _ => null,
        };

    /// <summary>A JSON text; null where it holds what no database keeps: U+0000, or half a surrogate pair.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public JsonNode ToJson() =>
        Number is { } number ? JsonValue.Create(Trim(number))
        : Truth is { } truth ? JsonValue.Create(truth)
        : Text!;

    /// <summary>As it stands in the text of a rule.</summary>
    public override string ToString() =>
        Number is { } number ? Trim(number).ToString(CultureInfo.InvariantCulture)
        : Truth is { } truth ? (truth ? "true" : "false")
        : Quote(Text!);

    public static string Quote(string text) =>
        "\"" + text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>The one form in which texts are compared: lower case, without NUL, at most 200 characters.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Globalization", "CA1308", Justification = "Stored and shown in lower case.")]
    public static string Fold(string text)
    {
        var folded = text.Replace("\0", "", StringComparison.Ordinal).Trim().ToLowerInvariant();
        if (folded.Length > LongestText)
            folded = folded[..(char.IsHighSurrogate(folded[LongestText - 1]) ? LongestText - 1 : LongestText)];
        return WellFormed(folded);
    }

    // Half a surrogate pair cannot be stored.
    private static string WellFormed(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0
            ? text
            : new string([.. text.EnumerateRunes().SelectMany(r => r.ToString())]);

    // 1.50 and 1.5 are one number and have one form.
    private static decimal Trim(decimal number) => number / 1.000000000000000000000000000000m;
}

internal enum ValueType
{
    Number,
    Text,
    Truth,
}
