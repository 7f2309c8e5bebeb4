using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Automations;

/// <summary><c>marketing bench automations</c>: how late journeys start again while a million of them wait, and what that costs in memory.</summary>
internal static class AutomationsBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var waiting = VerbOptions.Ranged("--waiting", "Journeys that wait.", standard: 1_000_000, least: 1_000, most: 20_000_000);
        var due = VerbOptions.Ranged(
            "--due",
            "Journeys that become due while it is measured.",
            standard: 3_000,
            least: 100,
            most: 1_000_000
        );
        var seconds = VerbOptions.Ranged("--seconds", "Over which they become due.", standard: 60, least: 5, most: 3_600);
        return BenchVerb.Create(
            "automations",
            "Lateness of durable timers while many journeys wait, and the memory that takes.",
            [waiting, due, seconds],
            (parsed, say, ct) =>
                new AutomationsBench(clock, say).RunAsync(parsed.GetValue(waiting), parsed.GetValue(due), parsed.GetValue(seconds), ct),
            (report, output) => output.WriteLine(report)
        );
    }
}
