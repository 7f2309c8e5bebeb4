using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Experimentation;

/// <summary><c>marketing bench experimentation</c>: assignments and analysed rows a second.</summary>
internal static class ExperimentationBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var seconds = VerbOptions.Ranged(
            "--seconds",
            "About how long each measurement of a round lasts.",
            standard: 1,
            least: 1,
            most: 600
        );
        var rounds = VerbOptions.Ranged("--rounds", "Rounds; the figures are their medians.", standard: 3, least: 1, most: 99);
        var rows = VerbOptions.Ranged("--rows", "Rows of the long pass.", standard: 10_000_000, least: 1, most: int.MaxValue);
        var command = new Command(
            "experimentation",
            "Assignments and analysed rows a second on one core, beside a bare hash and a bare read."
        )
        {
            json,
            seconds,
            rounds,
            rows,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var bench = new ExperimentationBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                var report = await bench.RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(rows), ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                {
                    await output.WriteJsonAsync(report);
                    return 0;
                }
                foreach (var one in new[] { report.Hash, report.Assignment, report.Targeted, report.Read, report.Analysis })
                    Print($"{one.Name, -12}{one.PerSecond, 14:N0} {one.Unit}/s");
                Print($"assignment / hash  {report.AssignmentToHash:N2}; analysis / read  {report.AnalysisToRead:N3}");
                Print(
                    $"{report.LongRun.Rows:N0} rows in {report.LongRun.Seconds:N1} s; heap grew by {report.LongRun.HeapGrowthBytes / 1e6:N2} MB, peak memory by {report.LongRun.PeakGrowthBytes / 1e6:N2} MB"
                );
                return 0;

                void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
            }
        );
        return command;
    }
}
