using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MarketingPlatform.Platform.Http;

/// <summary>
/// A script that pages of any shop load from a service: readable at its source, small on the wire. Lines that are only a comment, and
/// indentation, are dropped; scripts are written so that nothing more is needed.
/// </summary>
/// <param name="owner">The assembly that holds it.</param>
/// <param name="resource">Its name there ("mp.js").</param>
public sealed class PublicScript(Assembly owner, string resource)
{
    private readonly Lazy<byte[]> plain = new(() => Encoding.UTF8.GetBytes(Shorten(Read(owner, resource))));
    private byte[]? packed;
    private EntityTagHeaderValue? tag;

    /// <summary>As most browsers get it.</summary>
    public ReadOnlyMemory<byte> Packed => packed ??= Pack(plain.Value);

    public void Map(IEndpointRouteBuilder root, string path) => root.MapGet(path, Handle).AllowAnonymous();

    /// <summary>Answers gzip where the browser takes it, for an hour, to pages of every origin.</summary>
    public FileContentHttpResult Handle(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var takesGzip = context
            .Request.GetTypedHeaders()
            .AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlAllowOrigin = "*";
        if (takesGzip)
            headers.ContentEncoding = "gzip";
        tag ??= new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(plain.Value))[..16]}\"");
        return TypedResults.Bytes(takesGzip ? Packed : plain.Value, "text/javascript; charset=utf-8", entityTag: tag);
    }

    private static string Shorten(string source) =>
        string.Join(
            '\n',
            source
                .Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
        );

    private static string Read(Assembly owner, string resource)
    {
        using var stream =
            owner.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{owner.GetName().Name} holds no {resource}.");
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
