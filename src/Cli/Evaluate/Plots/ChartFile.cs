using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Plots;

internal static class ChartFile
{
    /// <summary>Writes the chart as an SVG file.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static async Task SaveAsync(this LineChart chart, string path, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, chart.ToSvg(), ct);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file {path} (--plot) cannot be written: {cause.Message}", cause);
        }
    }
}
