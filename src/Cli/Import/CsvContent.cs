using System.Net;
using System.Net.Http.Headers;
using MarketingPlatform.Cli.Progress;

namespace MarketingPlatform.Cli.Import;

/// <summary>A request body that streams a file, however large, and tells how much of it went out.</summary>
internal sealed class CsvContent : HttpContent
{
    private readonly ImportFile _file;
    private readonly IProgress<Step> _progress;

    public CsvContent(ImportFile file, IProgress<Step> progress)
    {
        (_file, _progress) = (file, progress);
        Headers.ContentType = new MediaTypeHeaderValue("text/csv");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var raw = new FileStream(_file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);
        await using var text = ImportFile.Unpack(raw);
        var buffer = new byte[128 * 1024];
        var sent = 0L;
        int read;
        while ((read = await text.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent += read;

            // Of a packed file the unpacked length is unknown: the place in the packed one measures how far we are.
            _progress.Report(new Step((double)raw.Position / raw.Length, $"{sent / 1e6:N1} MB sent"));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
