using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate;

/// <summary>A CSV file read row by row: memory does not grow with the file. The first line names the columns.</summary>
/// <remarks>
/// RFC 4180 in UTF-8, gzip or not (told by the first bytes), with quotes and line breaks in quotes. The separator is the comma,
/// semicolon or tab that the header has most of. Whatever is wrong is said with file, line and column.
/// </remarks>
internal sealed class CsvTable : IDisposable
{
    private const int LongestRow = 1 << 24;

    private readonly TextReader _text;
    private readonly char _separator;
    private readonly SearchValues<char> _ends;
    private readonly List<(int From, int To)> _fields = [];

    private char[] _buffer = new char[1 << 16];
    private int _from;
    private int _filled;
    private bool _ended;
    private long _nextLine = 1;

    private CsvTable(string path, TextReader text)
    {
        (Path, _text) = (path, text);
        _separator = Separator();
        _ends = SearchValues.Create([_separator, '\n', '\r', '"']);
        if (!ReadRow())
            throw new CommandException($"{path} is empty: its first line has to name the columns.");
        Columns = [.. _fields.Select(field => _buffer.AsSpan(field.From, field.To - field.From).Trim().ToString())];
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path { get; }

    /// <summary>The names in the header, in their order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of the line on which the present row begins; the header is line 1.</summary>
    public long Line { get; private set; }

    /// <summary>Opens a file and reads its header.</summary>
    public static CsvTable Open(string path)
    {
        if (Directory.Exists(path))
            throw new CommandException($"{path} is a folder; name a CSV file.");
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path}.");
        return Reading(
            path,
            () =>
            {
                Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 17);
                try
                {
                    return Read(path, file);
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
        );
    }

    /// <summary>Reads from a stream, which is disposed of with the table.</summary>
    /// <param name="path">What messages call it.</param>
    public static CsvTable Read(string path, Stream content)
    {
        var start = new byte[2];
        var read = content.CanSeek ? content.ReadAtLeast(start, 2, throwOnEndOfStream: false) : 0;
        if (content.CanSeek)
            content.Position = 0;
        var plain = read == 2 && start is [0x1F, 0x8B] ? new GZipStream(content, CompressionMode.Decompress) : content;
        return Reading(path, () => new CsvTable(path, new StreamReader(plain, new UTF8Encoding(false, true), true, 1 << 16)));
    }

    /// <summary>The place of a column.</summary>
    /// <param name="option">The command's option that named it, such as <c>--metric</c>; part of the message when there is none.</param>
    public int Column(string name, string? option = null)
    {
        var places = Enumerable.Range(0, Columns.Count).Where(i => Columns[i] == name).ToArray();
        if (places.Length == 1)
            return places[0];
        var asked = option is null ? "" : $" ({option})";
        throw new CommandException(
            places.Length == 0
                ? $"{Path} has no column \"{name}\"{asked}. Its columns are: {string.Join(", ", Columns)}."
                : $"{Path} has {places.Length} columns called \"{name}\"{asked}: rename all but one."
        );
    }

    /// <summary>Goes to the next row; blank lines are passed over.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool Read()
    {
        if (!Reading(Path, ReadRow))
            return false;
        if (_fields.Count != Columns.Count)
            throw new CommandException($"{Path}, line {Line}: {_fields.Count} fields where the header has {Columns.Count}.");
        return true;
    }

    /// <summary>The text of a field of the present row, without quotes; valid until the next <see cref="Read()"/>.</summary>
    public ReadOnlySpan<char> this[int column] => _buffer.AsSpan(_fields[column].From, _fields[column].To - _fields[column].From);

    /// <summary>A field as a finite number with a decimal point; true is 1 and false is 0.</summary>
    public double Number(int column)
    {
        var text = this[column];
        if (text is [var digit] && char.IsAsciiDigit(digit))
            return digit - '0';
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return double.IsFinite(number) ? number : throw Bad(column, $"\"{text}\" is not a finite number.");
        if (bool.TryParse(text, out var truth))
            return truth ? 1 : 0;
        throw text.IsWhiteSpace()
            ? Bad(column, "empty where a number is needed; write 0 for nothing, or leave the row out.")
            : Bad(column, $"\"{Shortened(text)}\" is not a number (a decimal point and no thousands separator are expected).");
    }

    /// <summary>The message that a field of the present row is wrong.</summary>
    /// <param name="problem">A sentence with its full stop.</param>
    public CommandException Bad(int column, string problem) => new($"{Path}, line {Line}, column \"{Columns[column]}\": {problem}");

    public void Dispose() => _text.Dispose();

    private static string Shortened(ReadOnlySpan<char> text) => text.Length > 40 ? $"{text[..40]}…" : text.ToString();

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException cause)
        {
            throw new CommandException($"{path} is not in UTF-8: save it as CSV UTF-8 and try again.", cause);
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file {path} cannot be read to its end: {cause.Message}", cause);
        }
    }

    private char Separator()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf('\n')) < 0 && Fill()) { }
        var header = _buffer.AsSpan(0, end < 0 ? _filled : end);
        var (best, most) = (',', header.Count(','));
        foreach (var candidate in ";\t")
        {
            if (header.Count(candidate) > most)
                (best, most) = (candidate, header.Count(candidate));
        }
        return best;
    }

    private bool ReadRow()
    {
        while (true)
        {
            _fields.Clear();
            Line = _nextLine;
            var at = _from;
            if (!Has(ref at))
                return false;
            ReadFields(ref at);
            _from = at;
            if (_fields.Count > 1 || _fields[0].To > _fields[0].From)
                return true;
        }
    }

    private void ReadFields(ref int at)
    {
        while (true)
        {
            var more = Has(ref at) && _buffer[at] == '"' ? ReadQuoted(ref at) : ReadBare(ref at);
            if (!more)
                return;
        }
    }

    /// <returns>Whether another field follows in the row.</returns>
    private bool ReadBare(ref int at)
    {
        var offset = at - _from;
        var searched = at;
        while (true)
        {
            var next = _buffer.AsSpan(searched, _filled - searched).IndexOfAny(_ends);
            if (next >= 0 && _buffer[searched + next] == '"')
            {
                searched += next + 1;
                continue;
            }
            if (next >= 0)
            {
                _fields.Add((_from + offset, searched + next));
                at = searched + next;
                return EndField(ref at);
            }
            var done = _filled - _from;
            if (!Fill())
            {
                _fields.Add((_from + offset, _filled));
                at = _filled;
                return false;
            }
            searched = _from + done;
        }
    }

    private bool ReadQuoted(ref int at)
    {
        var start = at + 1;
        var write = start;
        for (at = start; ; )
        {
            if (!HasWithin(ref at, ref start, ref write))
                throw new CommandException($"{Path}, line {Line}: a quote is opened and never closed.");
            var c = _buffer[at++];
            if (c == '\n')
                _nextLine++;
            if (c != '"')
                _buffer[write++] = c;
            else if (HasWithin(ref at, ref start, ref write) && _buffer[at] == '"')
                _buffer[write++] = _buffer[at++];
            else
                break;
        }
        _fields.Add((start, write));
        if (!HasWithin(ref at, ref start, ref write))
            return false;
        if (_buffer[at] != _separator && _buffer[at] is not ('\n' or '\r'))
            throw new CommandException($"{Path}, line {Line}: text follows a closing quote; a quote inside of quotes is written twice.");
        return EndField(ref at);
    }

    /// <summary>Passes a separator or the end of a line.</summary>
    private bool EndField(ref int at)
    {
        var end = _buffer[at++];
        if (end == _separator)
            return true;
        if (end == '\r' && Has(ref at) && _buffer[at] == '\n')
            at++;
        _nextLine++;
        return false;
    }

    private bool Has(ref int at)
    {
        if (at < _filled)
            return true;
        var offset = at - _from;
        var has = Fill();
        at = _from + offset;
        return has;
    }

    private bool HasWithin(ref int at, ref int start, ref int write)
    {
        var before = _from;
        var has = Has(ref at);
        (start, write) = (start + _from - before, write + _from - before);
        return has;
    }

    /// <summary>Takes in more text, keeping the row that is being read; fields of it move along.</summary>
    private bool Fill()
    {
        if (_ended)
            return false;
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _filled - _from).CopyTo(_buffer);
            for (var i = 0; i < _fields.Count; i++)
                _fields[i] = (_fields[i].From - _from, _fields[i].To - _from);
            (_filled, _from) = (_filled - _from, 0);
        }
        if (_filled == _buffer.Length)
        {
            if (_buffer.Length >= LongestRow)
                throw new CommandException($"{Path}, line {Line}: a row of more than {LongestRow:N0} characters; is a quote left open?");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = _text.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        _ended = read == 0;
        return !_ended;
    }
}
