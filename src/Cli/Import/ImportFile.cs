using System.IO.Compression;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Import;

/// <summary>A file to import.</summary>
/// <param name="Kind">products, customers or orders.</param>
internal sealed record ImportFile(string Kind, string Path)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The files among the paths, folders opened (with all below them), by name: quarters and months then come in their
    /// order.</summary>
    /// <exception cref="CommandException">A path does not exist, or a folder holds no CSV file.</exception>
    public static IReadOnlyList<ImportFile> Find(string kind, IReadOnlyList<string> paths)
    {
        var files = new List<ImportFile>();
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(new ImportFile(kind, path));
                continue;
            }
            if (!Directory.Exists(path))
                throw new CommandException($"There is no file or folder {System.IO.Path.GetFullPath(path)}.");
            string[] inside =
            [
                .. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsCsv).Order(StringComparer.Ordinal),
            ];
            if (inside.Length == 0)
                throw new CommandException($"The folder {System.IO.Path.GetFullPath(path)} holds no .csv or .csv.gz file.");
            files.AddRange(inside.Select(file => new ImportFile(kind, file)));
        }
        return files;
    }

    /// <summary>The text of the file: gzip is recognised by its first two bytes, whatever the name says.</summary>
    /// <param name="raw">The file as it lies on the disk.</param>
    public static Stream Unpack(FileStream raw)
    {
        Span<byte> magic = stackalloc byte[2];
        var zipped = raw.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        raw.Position = 0;
        return zipped ? new GZipStream(raw, CompressionMode.Decompress) : raw;
    }

    private static bool IsCsv(string path) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);
}
