using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>Reads the periods of a marketing mix from a CSV file and refuses what no model could be fitted to.</summary>
internal static class MixFile
{
    private const int FewestPeriods = 26;

    public static MixData Read(string path, string date, string target, IReadOnlyList<string> channels, IReadOnlyList<string> controls)
    {
        if (channels.Count == 0)
            throw new CommandException("--channels names no column.");
        if (channels.Concat(controls).Append(date).Append(target).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new CommandException($"Column \"{twice.Key}\" is named twice.");
        using var rows = CsvRows.Open(path, [date, target, .. channels, .. controls]);
        var (dates, sales) = (new List<DateOnly>(), new List<double>());
        var spends = channels.Select(_ => new List<double>()).ToArray();
        var others = controls.Select(_ => new List<double>()).ToArray();
        while (rows.Read())
        {
            var day = DateOnly.FromDateTime(rows.Time(date).UtcDateTime);
            if (dates.Count > 0 && day <= dates[^1])
                throw rows.Bad(date, day == dates[^1] ? $"{day:yyyy-MM-dd} comes twice." : "dates must rise from line to line.");
            dates.Add(day);
            sales.Add((double)rows.Number(target));
            for (var c = 0; c < spends.Length; c++)
            {
                spends[c].Add((double)rows.Number(channels[c]));
                if (spends[c][^1] < 0)
                    throw rows.Bad(channels[c], "spend is zero or more.");
            }
            for (var c = 0; c < others.Length; c++)
                others[c].Add((double)rows.Number(controls[c]));
        }
        Check(path, dates, channels, spends);
        return new(
            dates,
            [.. sales],
            [.. channels.Select((name, c) => new NamedSeries(name, [.. spends[c]]))],
            [.. controls.Select((name, c) => new NamedSeries(name, [.. others[c]]))]
        );
    }

    private static void Check(string path, List<DateOnly> dates, IReadOnlyList<string> channels, List<double>[] spends)
    {
        if (dates.Count < FewestPeriods)
            throw new CommandException(
                $"{path} has {dates.Count} periods: at least {FewestPeriods} are needed, two years of weeks are better."
            );
        var steps = dates.Zip(dates.Skip(1), (a, b) => b.DayNumber - a.DayNumber).ToArray();
        // Months are of 28 to 31 days; anything else that varies is a gap.
        if (steps.Max() > steps.Min() && (steps.Min() < 28 || steps.Max() > 31))
            throw new CommandException(
                $"{path}: periods must be of equal length, but {steps.Min()} and {steps.Max()} days lie between dates: add the missing ones, with 0 where nothing was spent."
            );
        for (var c = 0; c < spends.Length; c++)
            if (spends[c].TrueForAll(s => s == 0))
                throw new CommandException(
                    $"{path}: channel \"{channels[c]}\" was never spent on, so nothing can be learnt about it; leave it out."
                );
    }
}
