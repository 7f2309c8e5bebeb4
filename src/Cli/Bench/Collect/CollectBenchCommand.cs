using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary><c>marketing bench collect</c>: events a second through the collect API, beside what the database does alone.</summary>
internal static class CollectBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
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
        return BenchVerb.Create(
            "collect",
            "Events a second through /v1/batch to a consumer's committed rows, beside bare inserts.",
            [seconds, rounds, memory],
            (parsed, say, ct) =>
                new CollectBench(clock, say).RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(memory), ct),
            (report, output) => report.Write(output)
        );
    }
}
