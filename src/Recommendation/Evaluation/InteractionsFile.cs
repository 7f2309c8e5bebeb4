using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>A line of a file.</summary>
/// <param name="Value">1 where the file has none.</param>
/// <param name="At">Unix seconds; 0 where the file has none.</param>
internal readonly record struct FileRow(string User, string Item, float Value, long At);

/// <summary>
/// Reads who had what, in any of the usual forms, plain or gzip (told by the content, not the name):
/// <list type="bullet">
/// <item>columns <c>user, item[, value][, timestamp]</c> separated by commas, tabs or semicolons, with or without a line of names;</item>
/// <item>the list form <c>user item item …</c>, separated by spaces or tabs.</item>
/// </list>
/// Times are Unix seconds or milliseconds, or ISO 8601. Lines that cannot be read (no user, no item, NaN) are left out and counted.
/// </summary>
internal sealed class InteractionsFile
{
    private static readonly string[] UserNames =
    [
        "user",
        "user_id",
        "userid",
        "customer",
        "customer_id",
        "session",
        "session_id",
        "basket",
    ];
    private static readonly string[] ItemNames = ["item", "item_id", "itemid", "product", "product_id"];
    private static readonly string[] ValueNames = ["value", "rating", "weight", "quantity"];
    private static readonly string[] TimeNames = ["timestamp", "time", "at", "date"];

    private const int Peeked = 200;

    public List<FileRow> Rows { get; } = [];

    /// <summary>Lines left out.</summary>
    public int Refused { get; private set; }

    /// <summary>Of the first one: where and why.</summary>
    public string? FirstRefusal { get; private set; }

    public bool HasTimes { get; private set; }

    /// <exception cref="CommandException">The file is missing, or holds no usable line.</exception>
    public static InteractionsFile Read(string path)
    {
        var file = new InteractionsFile();
        try
        {
            var head = Head(path);
            var separator = SeparatorOf(head);
            if (IsList(head, separator))
            {
                file.ReadLists(path);
            }
            else
            {
                file.ReadColumns(path, separator);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CsvHelperException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message.Split('\n')[0]}", e);
        }
        if (file.Rows.Count == 0)
        {
            var why = file.FirstRefusal is { } refusal ? $": {refusal}" : "";
            throw new CommandException(
                $"{path} has no usable line{why}. Give the columns user,item[,value][,timestamp], or lines of 'user item item …'."
            );
        }
        return file;
    }

    private static List<string> Head(string path)
    {
        using var reader = Open(path);
        var lines = new List<string>();
        while (lines.Count < Peeked && reader.ReadLine() is { } line)
        {
            if (line.Trim().Length > 0)
            {
                lines.Add(line);
            }
        }
        return lines;
    }

    private static StreamReader Open(string path)
    {
        var file = File.OpenRead(path);
        var packed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return new StreamReader(packed ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    private static char SeparatorOf(List<string> head)
    {
        foreach (var separator in new[] { ',', '\t', ';' })
        {
            if (head.Count > 0 && head.TrueForAll(line => line.Contains(separator)))
            {
                return separator;
            }
        }
        return ' ';
    }

    // Spaces: always lists, unless it is the four columns of MovieLens. Tabs: lists where the lines differ in length or are long, or where what
    // would be the value is a number in no line (a first line of names aside).
    private static bool IsList(List<string> head, char separator)
    {
        if (separator is ',' or ';' || head.Count == 0)
        {
            return false;
        }
        var rows = head.ConvertAll(Words);
        if (separator == '\t')
        {
            var columns = head.ConvertAll(line => line.Split('\t').Length);
            return columns.Distinct().Count() > 1
                || columns[0] > 4
                || (columns[0] > 2 && ColumnsOf(head[0].Split('\t')) is null && !HasValues(head));
        }
        return !rows.TrueForAll(r => r.Length == 4 && long.TryParse(r[3], CultureInfo.InvariantCulture, out var at) && at > 100_000_000);
    }

    private static bool HasValues(List<string> head) =>
        head.Exists(line => float.TryParse(line.Split('\t')[2].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private void ReadLists(string path)
    {
        using var reader = Open(path);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var words = line.Contains('\t') ? line.Split('\t', StringSplitOptions.RemoveEmptyEntries) : Words(line);
            if (words.Length == 1)
            {
                Refuse(number, "it has a user and no item");
            }
            for (var at = 1; at < words.Length; at++)
            {
                Rows.Add(new FileRow(words[0], words[at].Trim(), 1, 0));
            }
        }
    }

    private void ReadColumns(string path, char separator)
    {
        using var reader = Open(path);
        (int User, int Item, int Value, int Time)? columns = null;
        foreach (var (line, fields) in separator == ' ' ? Words(reader) : Fields(reader, separator))
        {
            if (columns is null)
            {
                columns = ColumnsOf(fields);
                if (columns is not null)
                {
                    continue;
                }
                columns = (0, 1, fields.Length > 2 ? 2 : -1, fields.Length > 3 ? 3 : -1);
            }
            Add(line, fields, columns.Value);
        }
    }

    private static IEnumerable<(int Line, string[] Fields)> Words(StreamReader reader)
    {
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (Words(line) is { Length: > 0 } words)
            {
                yield return (number, words);
            }
        }
    }

    private static IEnumerable<(int Line, string[] Fields)> Fields(StreamReader reader, char separator)
    {
        using var csv = new CsvParser(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = separator.ToString(), BadDataFound = null }
        );
        while (csv.Read())
        {
            yield return (csv.RawRow, csv.Record!);
        }
    }

    private static (int User, int Item, int Value, int Time)? ColumnsOf(string[] names)
    {
        var user = Find(UserNames);
        var item = Find(ItemNames);
        return user < 0 || item < 0 ? null : (user, item, Find(ValueNames), Find(TimeNames));

        int Find(string[] known) =>
            Array.FindIndex(names, n => known.Contains(n.Trim().TrimStart('\ufeff'), StringComparer.OrdinalIgnoreCase));
    }

    private void Add(int line, string[] fields, (int User, int Item, int Value, int Time) columns)
    {
        var user = Field(columns.User);
        var item = Field(columns.Item);
        if (user.Length == 0 || item.Length == 0)
        {
            Refuse(line, "user or item is missing");
            return;
        }
        var value = 1f;
        if (Field(columns.Value) is { Length: > 0 } number)
        {
            if (!float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !float.IsFinite(value))
            {
                Refuse(line, $"the value '{number}' is not a number");
                return;
            }
        }
        long at = 0;
        if (Field(columns.Time) is { Length: > 0 } time)
        {
            if (TimeOf(time) is not { } known)
            {
                Refuse(line, $"the timestamp '{time}' is neither Unix seconds nor ISO 8601");
                return;
            }
            at = known;
            HasTimes = true;
        }
        Rows.Add(new FileRow(user, item, value, at));

        string Field(int column) => column >= 0 && column < fields.Length ? fields[column].Trim() : "";
    }

    private static long? TimeOf(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            // Seconds until the year 5138; milliseconds from 1973 on.
            return double.IsFinite(number) ? (long)(Math.Abs(number) >= 1e11 ? number / 1_000 : number) : null;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUnixTimeSeconds()
            : null;
    }

    private void Refuse(int line, string why)
    {
        Refused++;
        FirstRefusal ??= $"line {line}: {why}";
    }
}
