using System.Globalization;
using System.Text;
using System.Xml;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>No entry of the feed can be used; the message says what to do.</summary>
internal sealed class UnusableFeedException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Reads a product feed as it streams in: Google Merchant's XML (RSS 2.0 or Atom), or a table with a header line separated by tabs, commas,
/// semicolons or bars. Which of them it is follows from the first characters.
/// </summary>
internal static class ReadFeed
{
    private const int MaxField = 64 * 1024;

    /// <exception cref="UnusableFeedException">It is no feed, or stops being one half-way.</exception>
    public static async IAsyncEnumerable<FeedEntry> EntriesAsync(Stream feed)
    {
        var start = new byte[512];
        var read = await feed.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
        var text = Encoding.UTF8.GetString(start, 0, read).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.Length == 0)
        {
            throw new UnusableFeedException("The feed is empty: send Google Merchant XML, or a table whose first line names the columns.");
        }
        await using var whole = new PrefixedStream(start.AsMemory(0, read), feed);
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
                var fields = new Dictionary<string, List<string>>();
                place++;
                await StepAsync(async () =>
                {
                    await ItemAsync(reader, fields);
                    return true;
                });
                yield return Entry(place, fields);
            }
        }
        if (place == 0)
        {
            throw new UnusableFeedException("The XML has neither <item> nor <entry>: send a Google Merchant feed (RSS 2.0 or Atom).");
        }
    }

    private static async Task ItemAsync(XmlReader reader, Dictionary<string, List<string>> fields)
    {
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
            Add(fields, name, value);
        }
        await reader.SkipAsync();
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
        while (await StepAsync(() => reader.ReadAsync()))
        {
            var fields = new Dictionary<string, List<string>>();
            for (var column = 0; column < names.Length; column++)
            {
                if (reader.TryGetField<string>(column, out var value) && value is not null)
                {
                    Add(fields, names[column], value);
                }
            }
            yield return Entry(reader.Parser.RawRow, fields);
        }
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
