using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MarketingPlatform.Chatbot.Widget;

/// <summary><c>GET /chat.js</c>: the script that brings the chat onto a shop's pages. Readable at its source, small on the wire.</summary>
internal static class ServeWidget
{
    private static readonly Lazy<byte[]> Plain = new(() => Encoding.UTF8.GetBytes(Shorten(Read())));
    private static readonly Lazy<byte[]> Packed = new(() => Pack(Plain.Value));
    private static readonly Lazy<EntityTagHeaderValue> Tag = new(() =>
        new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Plain.Value))[..16]}\"")
    );

    internal static byte[] PackedScript => Packed.Value;

    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.ChatScript, Handle).AllowAnonymous();

    private static FileContentHttpResult Handle(HttpContext context)
    {
        var packed = context
            .Request.GetTypedHeaders()
            .AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlAllowOrigin = "*";
        if (packed)
            headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(packed ? Packed.Value : Plain.Value, "text/javascript; charset=utf-8", entityTag: Tag.Value);
    }

    /// <summary>Drops comments that have a line of their own, and indentation. The script is written so that nothing more is needed.</summary>
    private static string Shorten(string source) =>
        string.Join(
            '\n',
            source
                .Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
        );

    private static string Read()
    {
        using var stream = typeof(ServeWidget).Assembly.GetManifestResourceStream("chat.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
