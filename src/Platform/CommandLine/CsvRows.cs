using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Platform.CommandLine;

/// <summary>
/// A CSV file of a verb, plain or gzip, whose first line names the columns. Whatever is wrong is said with file, line and column.
/// </summary>
public sealed class CsvRows : IDisposable
{
    private readonly CsvReader reader;
    private readonly string path;

    private CsvRows(string path, CsvReader reader) => (this.path, this.reader) = (path, reader);

    /// <param name="columns">Those that must be there; others may be.</param>
    public static CsvRows Open(string path, params ReadOnlySpan<string> columns)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path}.");
        Stream file = File.OpenRead(path);
        var zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            PrepareHeaderForMatch = header => header.Header.Trim(),
            TrimOptions = TrimOptions.Trim,
            BadDataFound = bad => throw new CommandException($"{path}: a quote stands where none may be, in: {bad.RawRecord.Trim()}"),
            MissingFieldFound = null,
        };
        var reader = new CsvReader(new StreamReader(zipped ? new GZipStream(file, CompressionMode.Decompress) : file), settings);
        var rows = new CsvRows(path, reader);
        if (!reader.Read() || !reader.ReadHeader())
            throw new CommandException($"{path} is empty: its first line has to name the columns {string.Join(", ", columns.ToArray())}.");
        foreach (var column in columns)
            if (!rows.Has(column))
                throw new CommandException(
                    reader.HeaderRecord is [var only] && only.IndexOfAny([';', '\t', '|']) is >= 0 and var at
                        ? $"{path} has no column \"{column}\": its columns are parted by {(only[at] == '\t' ? "tabs" : $"'{only[at]}'")}, and commas are expected."
                        : $"{path} has no column \"{column}\". Its columns are: {string.Join(", ", reader.HeaderRecord!)}."
                );
        return rows;
    }

    public bool Has(string column) => reader.HeaderRecord!.Any(h => h.Trim() == column);

    public bool Read() => reader.Read();

    public string Text(string column) => Optional(column) ?? throw Bad(column, "it is empty.");

    public string? Optional(string column) => Has(column) && reader.GetField(column) is { Length: > 0 } text ? text : null;

    public decimal Number(string column) =>
        decimal.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15m
            ? number
            : throw Bad(column, $"\"{Text(column)}\" is not a number (a decimal point and no thousands separator are expected).");

    /// <summary>
    /// A day (2026-11-26) or an instant (2026-11-26T10:00:00Z); without an offset it is UTC. The year comes first: nobody can tell whether
    /// 02/03/2026 is in February or in March.
    /// </summary>
    public DateTimeOffset Time(string column) =>
        Text(column) is [var a, var b, var c, var d, '-' or '/', ..]
        && char.IsAsciiDigit(a)
        && char.IsAsciiDigit(b)
        && char.IsAsciiDigit(c)
        && char.IsAsciiDigit(d)
        && DateTimeOffset.TryParse(
            Text(column),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw Bad(column, $"\"{Text(column)}\" is not a date such as 2026-11-26 or 2026-11-26T10:00:00Z.");

    public bool Truth(string column) =>
        Text(column) switch
        {
            "1" or "true" => true,
            "0" or "false" => false,
            var other => throw Bad(column, $"\"{other}\" is neither 1 nor 0."),
        };

    public CommandException Bad(string column, string problem) => new($"{path}, line {reader.Parser.Row}, column \"{column}\": {problem}");

    public void Dispose() => reader.Dispose();
}
