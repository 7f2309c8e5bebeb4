using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>No entry of the feed can be used; the message says what to do.</summary>
internal sealed class UnusableFeedException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Reads a product feed as it streams in: Google Merchant's XML (RSS 2.0 or Atom), or a table with a header line separated by tabs, commas,
/// semicolons or bars; either of them plain or gzip. Which of them it is follows from the first characters.
/// </summary>
internal static class ReadFeed
{
    private const int MaxField = 64 * 1024;
    private const string GoogleFields = "http://base.google.com/ns/1.0";

    /// <exception cref="UnusableFeedException">It is no feed, or stops being one half-way.</exception>
    public static async IAsyncEnumerable<FeedEntry> EntriesAsync(Stream feed)
    {
        var start = new byte[512];
        var read = await StepAsync(() => feed.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false).AsTask());
        var text = Encoding.UTF8.GetString(start, 0, read).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.Length == 0)
        {
            throw new UnusableFeedException("The feed is empty: send Google Merchant XML, or a table whose first line names the columns.");
        }
        await using var whole = new PrefixedStream(start.AsMemory(0, read), feed);
        if (start is [0x1f, 0x8b, ..])
        {
            await using var unpacked = new GZipStream(whole, CompressionMode.Decompress);
            await foreach (var entry in EntriesAsync(unpacked))
            {
                yield return entry;
            }
            yield break;
        }
        await foreach (var entry in text[0] == '<' ? XmlAsync(whole) : TableAsync(whole))
        {
            yield return entry;
        }
    }

    private static async IAsyncEnumerable<FeedEntry> XmlAsync(Stream feed)
    {
        var settings = new XmlReaderSettings
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersFromEntities = 1024,
            CheckCharacters = false,
        };
        using var reader = XmlReader.Create(feed, settings);
        var place = 0;
        while (await StepAsync(() => reader.ReadAsync()))
        {
            while (reader is { NodeType: XmlNodeType.Element, LocalName: "item" or "entry" })
            {
                place++;
                yield return Entry(place, await StepAsync(() => ItemAsync(reader)));
            }
        }
        if (place == 0)
        {
            throw new UnusableFeedException("The XML has neither <item> nor <entry>: send a Google Merchant feed (RSS 2.0 or Atom).");
        }
    }

    private static async Task<Dictionary<string, List<string>>> ItemAsync(XmlReader reader)
    {
        var (own, fields) = (new Dictionary<string, List<string>>(), new Dictionary<string, List<string>>());
        using var item = reader.ReadSubtree();
        await item.ReadAsync();
        while (await item.ReadAsync())
        {
            if (item.NodeType != XmlNodeType.Element)
            {
                continue;
            }
            var name = FeedFields.Plain(item.LocalName);
            // Atom's link is an attribute.
            var value = item.GetAttribute("href") ?? (item.IsEmptyElement ? "" : await TextAsync(item));
            Add(item.NamespaceURI == GoogleFields ? own : fields, name, value);
        }
        await reader.SkipAsync();
        // Atom insists on an <id> that is no product's, and a <title> may be for readers: where Google's field is there, it holds.
        foreach (var (name, values) in own.Where(field => field.Value.Exists(value => !string.IsNullOrWhiteSpace(value))))
        {
            fields[name] = values;
        }
        return fields;
    }

    /// <summary>The text of an element that has no others in it; of one that has (shipping and the like), nothing.</summary>
    private static async Task<string> TextAsync(XmlReader item)
    {
        var (text, depth) = (new StringBuilder(), item.Depth);
        while (await item.ReadAsync() && item.Depth > depth)
        {
            if (item.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && item.Depth == depth + 1 && text.Length < MaxField)
            {
                text.Append(await item.GetValueAsync());
            }
        }
        return text.ToString();
    }

    private static async IAsyncEnumerable<FeedEntry> TableAsync(Stream feed)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = ["\t", ",", ";", "|"],
            BadDataFound = null,
            MissingFieldFound = null,
            MaxFieldSize = MaxField,
        };
        using var reader = new CsvReader(new StreamReader(feed), configuration);
        if (!await StepAsync(() => reader.ReadAsync()) || !reader.ReadHeader() || reader.HeaderRecord is not { } header)
        {
            throw new UnusableFeedException("The feed is empty: its first line has to name the columns.");
        }
        var names = header.Select(FeedFields.Plain).ToArray();
        if (!names.Any(name => name is "id" or "productid" or "sku" or "handle"))
        {
            throw new UnusableFeedException(
                $"The table has no column 'id'. Its columns are: {string.Join(", ", header.Take(30))}. Name the product's id 'id'."
            );
        }
        for (var line = reader.Parser.RawRow + 1; await StepAsync(() => reader.ReadAsync()); line = reader.Parser.RawRow + 1)
        {
            var fields = new Dictionary<string, List<string>>();
            for (var column = 0; column < names.Length; column++)
            {
                if (reader.TryGetField<string>(column, out var value) && value is not null)
                {
                    Add(fields, names[column], value);
                }
            }
            yield return Entry(line, fields) with
            {
                Trouble = TroubleOf(fields.Values.SelectMany(values => values), reader.Parser.Count < names.Length),
            };
        }
    }

    /// <param name="isShort">The row has fewer cells than there are columns.</param>
    private static string? TroubleOf(IEnumerable<string> cells, bool isShort)
    {
        foreach (var cell in cells)
        {
            if (isShort && cell.Contains('\n'))
            {
                return "a quote opens here and does not close in its cell, so the lines after it were taken with it: double it (\"\") or leave it out.";
            }
            if (cell.Contains('\uFFFD'))
            {
                return "it is not UTF-8: save the file as UTF-8 and send it again.";
            }
        }
        return null;
    }

    private static async Task<T> StepAsync<T>(Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (XmlException broken)
        {
            throw new UnusableFeedException(
                $"The XML is broken in line {broken.LineNumber}: {broken.Message} What came before is stored; correct it and send it again.",
                broken
            );
        }
        catch (InvalidDataException broken)
        {
            throw new UnusableFeedException("The gzip is broken: pack the feed again. What came before is stored.", broken);
        }
        catch (CsvHelperException broken)
        {
            throw new UnusableFeedException(
                $"A text of more than {MaxField / 1024} KB begins in the table: a quote opens and does not close. What came before is stored.",
                broken
            );
        }
    }

    private static void Add(Dictionary<string, List<string>> fields, string name, string value)
    {
        if (!fields.TryGetValue(name, out var values))
        {
            fields.Add(name, values = []);
        }
        values.Add(value);
    }

    private static FeedEntry Entry(int place, Dictionary<string, List<string>> fields) =>
        new(place, fields.ToDictionary(field => field.Key, IReadOnlyList<string> (field) => field.Value));

    /// <summary>A stream of which a beginning was read already.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> left = prefix;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.IsEmpty)
            {
                return await rest.ReadAsync(buffer, cancellationToken);
            }
            var count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
