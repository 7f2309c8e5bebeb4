using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>Reads <c>channel,from,to,lift,standard_error</c>: what experiments found, to calibrate a model with.</summary>
internal static class LiftTestFile
{
    public static IReadOnlyList<LiftTest> Read(string path, MixData data)
    {
        using var rows = CsvRows.Open(path, "channel", "from", "to", "lift", "standard_error");
        var tests = new List<LiftTest>();
        while (rows.Read())
        {
            var channel = rows.Text("channel");
            if (data.Channels.All(c => c.Name != channel))
                throw rows.Bad("channel", $"\"{channel}\" is not among --channels.");
            var (from, to) = (Day("from"), Day("to"));
            var first = Enumerable.Range(0, data.Periods).FirstOrDefault(t => data.Dates[t] >= from, -1);
            var last = Enumerable.Range(0, data.Periods).LastOrDefault(t => data.Dates[t] <= to, -1);
            if (first < 0 || last < first)
                throw rows.Bad("from", $"no period begins between {from:yyyy-MM-dd} and {to:yyyy-MM-dd}.");
            var error = (double)rows.Number("standard_error");
            if (error <= 0)
                throw rows.Bad("standard_error", "it is above 0.");
            tests.Add(new(channel, first, last, (double)rows.Number("lift"), error));
        }
        return tests;

        DateOnly Day(string column) => DateOnly.FromDateTime(rows.Time(column).UtcDateTime);
    }
}
