using System.Globalization;
using MarketingPlatform.Experimentation.Attribution;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Attribution;

/// <summary>ChannelAttribution's PathData: 10,000 different paths of 12 channels.</summary>
internal sealed record PathData(IReadOnlyList<string> Channels, IReadOnlyList<PathRow> Rows)
{
    public static PathData Read()
    {
        var channels = new List<string>();
        var rows = new List<PathRow>();
        foreach (var line in Lines("path_data.csv"))
        {
            var cells = line.Split(',');
            var path = cells[0].Trim('"').Split(" > ").Select(Number).ToArray();
            rows.Add(new PathRow(path, Parse(cells[1]), Parse(cells[2]), Parse(cells[3])));
        }
        return new PathData(channels, rows);

        int Number(string name)
        {
            if (channels.IndexOf(name) is >= 0 and var known)
                return known;
            channels.Add(name);
            return channels.Count - 1;
        }
        static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
    }

    /// <returns>Lines of a file of that set, without its head; skips the test where it is not there.</returns>
    public static IEnumerable<string> Lines(string name)
    {
        var file = SharedData.Find("attribution-paths", name);
        Assert.SkipWhen(file is null, SharedData.Missing);
        return File.ReadLines(file!).Skip(1);
    }

    /// <summary>The credits of a model that has taken in all rows.</summary>
    public IReadOnlyList<ChannelCredit> Credit(IAttributionModel model) => Rows.Credit(model, Channels.Count);
}

/// <summary>A row of a file of paths.</summary>
internal sealed record PathRow(int[] Path, double Conversions, double Value = 0, double Nulls = 0);

internal static class PathRows
{
    public static IReadOnlyList<ChannelCredit> Credit(this IEnumerable<PathRow> rows, IAttributionModel model, int channels)
    {
        foreach (var row in rows)
            model.Add(row.Path, row.Conversions, row.Value, row.Nulls);
        return model.Credits(channels);
    }
}
