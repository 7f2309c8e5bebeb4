using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Customers.Imports;

/// <summary>A CSV file with a header line. Columns are found under the names that shops and their exports use.</summary>
internal sealed class CsvTable : IDisposable
{
    private readonly CsvReader reader;
    private readonly Dictionary<string, int> columns = [];

    private CsvTable(CsvReader reader) => this.reader = reader;

    /// <param name="named">What the caller says: our column name to the file's.</param>
    /// <param name="known">Our column names, each with others that mean the same.</param>
    /// <param name="required">Columns without which no row can be used.</param>
    /// <exception cref="UnusableFileException">The file is empty or lacks a required column; the message says what to do.</exception>
    public static async Task<CsvTable> OpenAsync(
        Stream file,
        IReadOnlyDictionary<string, string> named,
        IReadOnlyDictionary<string, string[]> known,
        IReadOnlyList<string> required
    )
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t", "|"],
            BadDataFound = null,
            MissingFieldFound = null,
            // A row is as long as it is; a long quoted text must not swallow memory.
            MaxFieldSize = 64 * 1024,
        };
        var table = new CsvTable(new CsvReader(new StreamReader(file), configuration));
        if (!await table.reader.ReadAsync() || !table.reader.ReadHeader() || table.reader.HeaderRecord is not { } header)
            throw new UnusableFileException("The file is empty. Send a CSV file whose first line names the columns.");
        foreach (var (column, others) in known)
            if (Find(header, named.TryGetValue(column, out var given) ? [given] : [column, .. others]) is { } place)
                table.columns[column] = place;
        var missing = required.Where(column => !table.columns.ContainsKey(column)).ToArray();
        if (missing.Length > 0)
            throw new UnusableFileException(
                $"The file has no column for: {string.Join(", ", missing)}. Its columns are: {string.Join(", ", header)}. "
                    + $"Say which is which with columns={missing[0]}=NAME,… (--columns on the command line)."
            );
        return table;
    }

    /// <exception cref="UnusableFileException">From here on the file is no table.</exception>
    public async Task<bool> ReadAsync()
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (CsvHelperException)
        {
            throw new UnusableFileException(
                $"The text that begins in line {reader.Parser.RawRow} is longer than 64 KB: a quote opens there and does not close. "
                    + "What came before is stored; correct the line and send the file again."
            );
        }
    }

    /// <returns>The cell, trimmed; null where it is empty or the file has no such column.</returns>
    public string? this[string column]
    {
        get
        {
            if (!columns.TryGetValue(column, out var place) || !reader.TryGetField<string>(place, out var cell))
                return null;
            cell = cell?.Replace("\0", "", StringComparison.Ordinal).Trim();
            return string.IsNullOrEmpty(cell) ? null : cell;
        }
    }

    public void Dispose() => reader.Dispose();

    private static int? Find(string[] header, IEnumerable<string> names)
    {
        foreach (var name in names)
            for (var i = 0; i < header.Length; i++)
                if (Normalised(header[i]) == Normalised(name))
                    return i;
        return null;
    }

    private static string Normalised(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}

/// <summary>No row of the file can be used; the message says what to do.</summary>
internal sealed class UnusableFileException(string message) : Exception(message);
