using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Automations;

/// <summary><c>marketing bench automations</c>: how late journeys start again while a million of them wait, and what that costs in memory.</summary>
internal static class AutomationsBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var waiting = VerbOptions.Ranged("--waiting", "Journeys that wait.", standard: 1_000_000, least: 1_000, most: 20_000_000);
        var due = VerbOptions.Ranged(
            "--due",
            "Journeys that become due while it is measured.",
            standard: 3_000,
            least: 100,
            most: 1_000_000
        );
        var seconds = VerbOptions.Ranged("--seconds", "Over which they become due.", standard: 60, least: 5, most: 3_600);
        var command = new Command("automations", "Lateness of durable timers while many journeys wait, and the memory that takes.")
        {
            json,
            waiting,
            due,
            seconds,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var bench = new AutomationsBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                try
                {
                    var report = await bench.RunAsync(parsed.GetValue(waiting), parsed.GetValue(due), parsed.GetValue(seconds), ct);
                    if (parsed.GetValue(json))
                        await output.WriteJsonAsync(report);
                    else
                        await output.WriteLineAsync(report.ToString());
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
