using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary><c>marketing bench segments</c>: from an event accepted to the segment change published, and one segment over everybody.</summary>
internal static class SegmentsBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var customers = VerbOptions.Ranged("--customers", "Customers while events come in.", 100_000, 1_000, 1_000_000);
        var segments = VerbOptions.Ranged("--segments", "Rule segments that follow them.", 200, 1, 1_000);
        var rate = VerbOptions.Ranged("--events-per-second", "Events accepted a second.", 500, 10, 10_000);
        var seconds = VerbOptions.Ranged("--seconds", "How long events come in, after ten seconds that do not count.", 30, 1, 3600);
        var everybody = VerbOptions.Ranged("--everybody", "Customers of the set-based recompute.", 1_000_000, 1_000, 10_000_000);
        return BenchVerb.Create(
            "segments",
            "How fast segments follow customers, and how fast one is recomputed for everybody.",
            [customers, segments, rate, seconds, everybody],
            async (parsed, say, ct) =>
            {
                using var bench = new SegmentsBench(clock, say);
                return await bench.RunAsync(
                    new SegmentsLoad(
                        parsed.GetValue(customers),
                        parsed.GetValue(segments),
                        parsed.GetValue(rate),
                        parsed.GetValue(seconds),
                        parsed.GetValue(everybody)
                    ),
                    ct
                );
            },
            (report, output) => report.Write(output)
        );
    }
}
