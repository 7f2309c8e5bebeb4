using MarketingPlatform.Experimentation.Attribution;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Attribution;

/// <summary>A file of paths: <c>path</c> (channels separated by <c>&gt;</c>), <c>total_conversions</c>, <c>total_conversion_value</c> and
/// <c>total_null</c>.</summary>
internal sealed class PathFile
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _channels = [];

    /// <summary>Names of the channels by their numbers.</summary>
    public IReadOnlyList<string> Channels => _channels;

    public long Rows { get; private set; }
    public double Conversions { get; private set; }
    public double Value { get; private set; }
    public double Nulls { get; private set; }

    /// <summary>Hands every path of the file to the model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">Takes at most <paramref name="mostChannels"/> different channels.</param>
    /// <param name="withNulls">Whether the column of paths that ended without a purchase is wanted.</param>
    /// <exception cref="CommandException">The file cannot be used; the message names file, line and column.</exception>
    public static PathFile Read(string path, IAttributionModel model, int mostChannels, bool withNulls, CancellationToken ct)
    {
        using var table = CsvTable.Open(path);
        var paths = table.Column("path");
        var conversions = table.Column("total_conversions");
        var values = table.Columns.Contains("total_conversion_value") ? table.Column("total_conversion_value") : (int?)null;
        var nulls = withNulls ? NullsOf(table) : null;
        var file = new PathFile();
        var lookup = file._numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var touches = new List<int>();
        while (table.Read())
        {
            ct.ThrowIfCancellationRequested();
            touches.Clear();
            for (var rest = table[paths]; ; )
            {
                var end = rest.IndexOf('>');
                var name = (end < 0 ? rest : rest[..end]).Trim();
                if (name.IsEmpty)
                    throw table.Bad(paths, $"touch {touches.Count + 1} has no channel; write a path as \"search > mail > search\".");
                if (!lookup.TryGetValue(name, out var channel))
                    channel = file.Register(name.ToString(), table, paths, mostChannels);
                touches.Add(channel);
                if (end < 0)
                    break;
                rest = rest[(end + 1)..];
            }

            var converted = Count(table, conversions);
            var value = values is { } column ? Count(table, column) : 0;
            var lost = nulls is { } nullColumn ? Count(table, nullColumn) : 0;
            if (converted == 0 && value > 0)
                throw table.Bad(values!.Value, "a value without a conversion; correct total_conversions or write 0.");
            model.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(touches), converted, value, lost);
            file.Rows++;
            file.Conversions += converted;
            file.Value += value;
            file.Nulls += lost;
        }
        if (file.Conversions == 0)
            throw new CommandException($"{path} holds no conversion in column \"total_conversions\": there is nothing to attribute.");
        return file;
    }

    private static int? NullsOf(CsvTable table) =>
        table.Columns.Contains("total_null")
            ? table.Column("total_null")
            : throw new CommandException(
                $"{table.Path} has no column \"total_null\", the people who went a path and did not buy. Add it, or leave them out with --without-nulls."
            );

    private int Register(string name, CsvTable table, int column, int most)
    {
        if (_channels.Count == most)
            throw table.Bad(
                column,
                $"\"{name}\" is channel {most + 1}, and this model takes at most {most}. Group rare channels, or use another --model."
            );
        _numbers.Add(name, _channels.Count);
        _channels.Add(name);
        return _channels.Count - 1;
    }

    private static double Count(CsvTable table, int column) =>
        table.Number(column) is >= 0 and var number ? number : throw table.Bad(column, $"\"{table[column]}\" is negative.");
}
