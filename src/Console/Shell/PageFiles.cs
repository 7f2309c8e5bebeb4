using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MarketingPlatform.Console.Shell;

/// <summary>Scripts and styles, embedded in the assembly: <c>GET /console/assets/{file}?v=HASH</c>, compressed once, kept by browsers for good.</summary>
internal static class PageFiles
{
    private const string Prefix = "assets/";
    private static readonly ConcurrentDictionary<string, Asset?> Loaded = new();

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Paths.Assets + "/{file}", Handle).AllowAnonymous().ExcludeFromDescription();

    /// <returns>The address of a file; it changes with the file.</returns>
    public static string Url(string file) => $"{Paths.Assets}/{file}?v={Find(file)?.Version}";

    private static IResult Handle(string file, HttpContext context)
    {
        if (Find(file) is not { } asset)
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl =
            context.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        var zipped = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (zipped)
            context.Response.Headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(
            zipped ? asset.Zipped : asset.Plain,
            asset.Type,
            entityTag: new EntityTagHeaderValue($"\"{asset.Version}{(zipped ? "z" : "")}\"")
        );
    }

    private static Asset? Find(string file) =>
        // Only names that exist are remembered.
        Loaded.TryGetValue(file, out var known)
            ? known
        : Read(file) is { } asset ? Loaded.GetOrAdd(file, asset)
        : null;

    private static Asset? Read(string file)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(Prefix + file);
        if (stream is null)
            return null;
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(plain.GetBuffer(), 0, (int)plain.Length);
        var bytes = plain.ToArray();
        return new Asset(
            bytes,
            zipped.ToArray(),
            Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6)),
            Path.GetExtension(file) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "application/octet-stream",
            }
        );
    }

    private sealed record Asset(byte[] Plain, byte[] Zipped, string Version, string Type);
}
