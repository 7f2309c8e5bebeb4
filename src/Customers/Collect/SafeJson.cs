using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// A JSON body that came from anywhere. U+0000, half surrogate pairs and broken UTF-8 are legal or common on the wire and cannot be
/// stored, so they are mended before anything looks at the text. Lives in rented memory: dispose it when nothing reads from it any more.
/// </summary>
internal sealed partial class SafeJson : IDisposable
{
    private readonly JsonDocument document;
    private byte[]? rented;

    private SafeJson(JsonDocument document, byte[]? rented)
    {
        this.document = document;
        this.rented = rented;
    }

    public JsonElement Root => document.RootElement;

    /// <param name="maxBytes">A body that turns out to be compressed, without a header that says so, may unpack to as much.</param>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    /// <exception cref="BadHttpRequestException">413: it is too long.</exception>
    public static async Task<SafeJson> ReadAsync(Stream body, int? length, int maxBytes, CancellationToken ct)
    {
        var (buffer, count) = await RentAsync(body, length ?? 4096, int.MaxValue, ct);
        try
        {
            if (buffer.AsSpan(0, count) is [0x1f, 0x8b, ..])
            {
                var packed = buffer;
                using var gzip = new GZipStream(new MemoryStream(packed, 0, count), CompressionMode.Decompress);
                (buffer, count) = await RentAsync(gzip, 4 * count, maxBytes, ct);
                ArrayPool<byte>.Shared.Return(packed);
            }
            var bytes = buffer.AsMemory(0, count);
            if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
            if (!NeedsMending(bytes.Span))
                return new SafeJson(JsonDocument.Parse(bytes), buffer);
            var mended = JsonDocument.Parse(Mend(Encoding.UTF8.GetString(bytes.Span)));
            ArrayPool<byte>.Shared.Return(buffer);
            return new SafeJson(mended, null);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument Read(string json) => JsonDocument.Parse(Mend(json));

    public void Dispose()
    {
        document.Dispose();
        if (Interlocked.Exchange(ref rented, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }

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

    private static async Task<(byte[] Buffer, int Count)> RentAsync(Stream stream, int expected, int maxBytes, CancellationToken ct)
    {
        // One byte more than expected, so that the end is seen without growing.
        var buffer = ArrayPool<byte>.Shared.Rent(expected + 1);
        try
        {
            var count = 0;
            while (await stream.ReadAsync(buffer.AsMemory(count), ct) is > 0 and var read)
            {
                count += read;
                if (count > maxBytes)
                    throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
                if (count < buffer.Length)
                    continue;
                var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
                buffer.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            return (buffer, count);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static bool NeedsMending(ReadOnlySpan<byte> json) =>
        json.IndexOf("\\u0000"u8) >= 0
        || json.IndexOf("\\ud"u8) >= 0
        || json.IndexOf("\\uD"u8) >= 0
        || !System.Text.Unicode.Utf8.IsValid(json);

    // A whole pair, a single \uXXXX, or any other escape: matched left to right, so that a doubled backslash is never misread.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")]
    private static partial Regex Escapes();
}
