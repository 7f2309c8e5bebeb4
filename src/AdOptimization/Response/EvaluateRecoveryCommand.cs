using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary><c>marketing evaluate recovery --weeks 208 --runs 50 --seed S [--json]</c>: fits simulated shops whose true ROI is known.</summary>
internal static class EvaluateRecoveryCommand
{
    internal sealed record Report(int Weeks, int Runs, int Channels, double Coverage, double MedianRelativeError, double WorstMixing);

    public static Command Create()
    {
        var weeks = VerbOptions.Ranged("--weeks", "Weeks of each simulated shop.", 208, 52, 1040);
        var runs = VerbOptions.Ranged("--runs", "Simulated shops.", 50, 1, 10_000);
        var seed = VerbOptions.Ranged("--seed", "Of the first shop; the others follow.", 1, 0, int.MaxValue / 2);
        var json = VerbOptions.Json();
        var command = new Command("recovery", "How often the response model's intervals hold the true ROI of simulated shops.")
        {
            weeks,
            runs,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var report = Run(parsed.GetValue(weeks), parsed.GetValue(runs), parsed.GetValue(seed), ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    output.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{report.Channels} channels of {report.Runs} shops, {report.Weeks} weeks: 90 % intervals hold the true ROI in {report.Coverage:P1}; median relative error {report.MedianRelativeError:P1}; worst mixing {report.WorstMixing:F3}"
                        )
                    );
                return 0;
            }
        );
        return command;
    }

    internal static Report Run(int weeks, int runs, int seed, CancellationToken ct)
    {
        var (held, channels, worst, errors) = (0, 0, 0.0, new List<double>());
        for (var run = 0; run < runs; run++)
        {
            ct.ThrowIfCancellationRequested();
            var shop = MixSimulation.Of(weeks, seed + run);
            var fit = MixModel.Fit(shop.Data, new(Seed: run));
            worst = Math.Max(worst, fit.WorstMixing);
            foreach (var (channel, truth) in fit.Channels.Zip(shop.TrueRoi))
            {
                channels++;
                held += channel.Roi.Lower <= truth && truth <= channel.Roi.Upper ? 1 : 0;
                errors.Add(Math.Abs(channel.Roi.Estimate - truth) / truth);
            }
        }
        return new(weeks, runs, channels, (double)held / channels, Figure.Of(errors).Estimate, worst);
    }
}
