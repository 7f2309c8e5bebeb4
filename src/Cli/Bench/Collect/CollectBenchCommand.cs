using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary><c>marketing bench collect</c>: events a second through the collect API, beside what the database does alone.</summary>
internal static class CollectBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var seconds = VerbOptions.Ranged(
            "--seconds",
            "About how long each measurement of a round lasts.",
            standard: 5,
            least: 1,
            most: 600
        );
        var rounds = VerbOptions.Ranged("--rounds", "Rounds; the figures are their medians.", standard: 3, least: 1, most: 99);
        var memory = VerbOptions.Ranged(
            "--memory-events",
            "Events of the long run that shows memory; 0 leaves it out.",
            standard: 1_000_000,
            least: 0,
            most: 100_000_000
        );
        var command = new Command("collect", "Events a second through /v1/batch to a consumer's committed rows, beside bare inserts.")
        {
            json,
            seconds,
            rounds,
            memory,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var bench = new CollectBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                try
                {
                    var report = await bench.RunAsync(
                        parsed.GetRequiredValue(rounds),
                        parsed.GetRequiredValue(seconds),
                        parsed.GetRequiredValue(memory),
                        ct
                    );
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
