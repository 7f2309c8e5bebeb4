using System.IO.Compression;
using System.Text.Json;

namespace MarketingPlatform.Gateway.Keys;

/// <summary>
/// The key as <c>writeKey</c> in the body of a collect call: what a web page sends that cannot set headers (<c>sendBeacon</c>), and some
/// client libraries. The body stays readable for whoever comes next.
/// </summary>
internal static class KeyInBody
{
    /// <summary>Of the collect API; a longer body is refused there.</summary>
    private const int MaxBytes = 500 * 1024;

    /// <returns>Null where the body has none, is not JSON, or is longer than a collect call may be.</returns>
    public static async Task<string?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        request.EnableBuffering(MaxBytes);
        try
        {
            var body = await ReadAtMostAsync(request.Body, ct);
            // Standalone has decompressed it already; in front of other processes it passes as it came.
            return body is null ? null
                : body is [0x1f, 0x8b, ..]
                    ? await UnpackAsync(body, ct) is { } unpacked ? Find(unpacked)
                        : null
                : Find(body);
        }
        finally
        {
            request.Body.Position = 0;
        }
    }

    internal static string? Find(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals("writeKey"u8);
                reader.Read();
                if (wanted && reader.TokenType == JsonTokenType.String)
                    return reader.GetString() is { Length: > 0 } key ? key : null;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON: whoever is responsible for the body says so.
        }
        return null;
    }

    private static async Task<byte[]?> UnpackAsync(byte[] body, CancellationToken ct)
    {
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            return await ReadAtMostAsync(gzip, ct);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> ReadAtMostAsync(Stream stream, CancellationToken ct)
    {
        using var all = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, ct) is > 0 and var read)
        {
            if (all.Length + read > MaxBytes)
                return null;
            all.Write(chunk, 0, read);
        }
        return all.ToArray();
    }
}
