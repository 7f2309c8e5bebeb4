using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// Reads a JSON body that comes from anywhere. U+0000, half surrogate pairs and broken UTF-8 are legal or common on the wire and cannot
/// be stored, so they are mended before anything looks at the text.
/// </summary>
internal static partial class SafeJson
{
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static async Task<JsonDocument> ReadAsync(Stream body, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        await body.CopyToAsync(buffer, ct);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        // The document reads from a copy of its own: the buffer goes away.
        var text = NeedsMending(bytes.Span) ? Mend(Encoding.UTF8.GetString(bytes.Span)) : null;
        return text is null ? JsonDocument.Parse(bytes.ToArray()) : JsonDocument.Parse(text);
    }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument Read(string json) => JsonDocument.Parse(Mend(json));

    internal static string Mend(string json) =>
        Escapes()
            .Replace(
                json,
                escape =>
                    escape switch
                    {
                        { Value.Length: 12 } => escape.Value,
                        { Value: "\\u0000" } => "",
                        { Value: ['\\', 'u', 'd' or 'D', >= '8', ..] } => "\\ufffd",
                        _ => escape.Value,
                    }
            );

    private static bool NeedsMending(ReadOnlySpan<byte> json) =>
        json.IndexOf("\\u0000"u8) >= 0
        || json.IndexOf("\\ud"u8) >= 0
        || json.IndexOf("\\uD"u8) >= 0
        || !System.Text.Unicode.Utf8.IsValid(json);

    // A whole pair, a single \uXXXX, or any other escape: matched left to right, so that a doubled backslash is never misread.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")]
    private static partial Regex Escapes();
}
