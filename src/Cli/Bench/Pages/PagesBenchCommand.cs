using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary><c>marketing bench console</c>: how long the console's pages take with many customers loaded.</summary>
internal static class PagesBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var customers = VerbOptions.Ranged(
            "--customers",
            "Customers that are loaded first.",
            standard: 100_000,
            least: 100,
            most: 2_000_000
        );
        var visits = VerbOptions.Ranged("--visits", "How often each page is fetched.", standard: 40, least: 5, most: 10_000);
        var command = new Command("console", "Time of the console's pages, with a platform and customers of its own that are thrown away.")
        {
            json,
            customers,
            visits,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var bench = new PagesBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                try
                {
                    var report = await bench.RunAsync(parsed.GetRequiredValue(customers), parsed.GetRequiredValue(visits), ct);
                    if (parsed.GetValue(json))
                        await output.WriteJsonAsync(report);
                    else
                        report.Write(output);
                    return 0;
                }
                catch (LocalServerException missing)
                {
                    throw new CommandException(missing.Message, missing);
                }
            }
        );
        return command;
    }
}
