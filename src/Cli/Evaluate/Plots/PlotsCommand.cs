using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Plots;

/// <summary><c>marketing evaluate plots</c>: draws the plots of the documentation anew.</summary>
internal static class PlotsCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--output") { Description = "Folder for the SVG files.", DefaultValueFactory = _ => "docs/plots" };
        var command = new Command("plots", "Draw the plots of docs/statistics.md from their simulations, as SVG.") { folder };
        command.SetAction(
            async (parsed, ct) =>
            {
                var target = parsed.GetRequiredValue(folder);
                try
                {
                    Directory.CreateDirectory(target);
                    foreach (var (name, chart) in ExperimentPlots.All())
                    {
                        var path = Path.Combine(target, $"{name}.svg");
                        await File.WriteAllTextAsync(path, chart.ToSvg(), ct);
                        parsed.InvocationConfiguration.Output.WriteLine(path);
                    }
                }
                catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
                {
                    throw new CommandException($"{target} cannot be written to: {cause.Message}", cause);
                }
                return 0;
            }
        );
        return command;
    }
}
