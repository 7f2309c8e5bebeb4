using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Sequential;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary><c>marketing evaluate peeking</c>: how often does somebody who keeps looking at experiments without an effect see one?</summary>
internal static class PeekingCommand
{
    public static Command Create()
    {
        var runs = VerbOptions.Ranged("--runs", "Simulated A/A tests.", standard: 2_000, least: 1, most: 1_000_000);
        var units = VerbOptions.Ranged("--units", "Units of both arms at the end.", standard: 20_000, least: 4, most: 100_000_000);
        var every = VerbOptions.Ranged("--every", "Units between looks.", standard: 100, least: 4, most: 100_000_000);
        var seed = VerbOptions.Ranged("--seed", "Of chance.", standard: 1, least: 0, most: int.MaxValue);
        var tuning = VerbOptions.Ranged(
            "--tuning",
            "Units at which the sequence is tightest.",
            (int)ConfidenceSequence.DefaultTuning,
            least: 1,
            most: int.MaxValue
        );
        var rate = new Option<double>("--rate") { Description = "The rate of both arms.", DefaultValueFactory = _ => 0.1 };
        rate.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is > 0 and < 1))
                result.AddError("--rate must lie between 0 and 1.");
        });
        var json = VerbOptions.Json();
        var command = new Command("peeking", "Simulate A/A tests that are looked at as they grow.")
        {
            runs,
            units,
            every,
            rate,
            tuning,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (total, step) = (parsed.GetValue(units), parsed.GetValue(every));
                if (step > total)
                    throw new CommandException($"--every {step} is more than --units {total}: there would be no look.");
                var report = PeekingSimulation.Run(
                    parsed.GetValue(runs),
                    total,
                    step,
                    parsed.GetValue(rate),
                    parsed.GetValue(tuning),
                    new Random(parsed.GetValue(seed))
                );
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report with { ByLook = [report.ByLook[^1]] });
                else
                {
                    Print($"{report.Runs:N0} A/A tests of a rate, looked at every {step:N0} units up to {total:N0}");
                    Print($"confidence sequence: false alarms {report.FalseAlarms:P2}, coverage at every look {report.Coverage:P2}");
                    Print($"                     width at the end {report.WidthRatio:N3} × that of an interval for one look");
                    Print($"mSPRT:               false alarms {report.MixtureFalseAlarms:P2}");
                    Print($"one-look interval:   false alarms {report.FixedFalseAlarms:P2}");
                }
                return 0;

                void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
            }
        );
        return command;
    }
}
