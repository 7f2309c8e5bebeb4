using System.Net;
using System.Net.Http.Headers;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Progress;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Import;

/// <summary>A request body that streams a file, however large, and tells how much of it went out.</summary>
internal sealed class CsvContent : HttpContent
{
    private const int BufferSize = 128 * 1024;

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
        await using var raw = Reading(() =>
            new FileStream(_file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true)
        );
        await using var text = Reading(() => ImportFile.Unpack(raw));
        var buffer = new byte[BufferSize];
        var sent = 0L;
        int read;
        while ((read = await ReadAsync(text, buffer, cancellationToken)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent += read;

            // Of a packed file the unpacked length is unknown: the place in the packed one measures how far we are.
            _progress.Report(new Step((double)raw.Position / raw.Length, $"{sent / 1e6:N1} MB sent"));
        }
    }

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (IsOfTheFile(cause))
        {
            throw Unreadable(cause);
        }
    }

    private async ValueTask<int> ReadAsync(Stream text, Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await text.ReadAsync(buffer, ct);
        }
        catch (Exception cause) when (IsOfTheFile(cause))
        {
            throw Unreadable(cause);
        }
    }

    private static bool IsOfTheFile(Exception cause) => cause is IOException or InvalidDataException or UnauthorizedAccessException;

    private CommandException Unreadable(Exception cause) => new($"The file {_file.Path} cannot be read to its end: {cause.Message}", cause);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
