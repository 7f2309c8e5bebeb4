using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>
/// <c>marketing evaluate response --input F.csv --date D --target Y --channels a,b,c [--controls …] [--lift-tests F.csv] --output out.csv
/// [--json]</c>: what each channel's spend brought. out.csv: <c>channel,figure,estimate,lower,upper</c> (90 % intervals); figures are the
/// parameters, contribution, share, roi and marginal_roi. Lift tests: <c>channel,from,to,lift,standard_error</c>.
/// </summary>
internal static class EvaluateResponseCommand
{
    internal sealed record Report(
        int Periods,
        double RSquared,
        double WorstMixing,
        double Seconds,
        double Confidence,
        IReadOnlyList<ReportedChannel> Channels
    );

    internal sealed record ReportedChannel(string Channel, double Spend, IReadOnlyDictionary<string, Figure> Figures);

    public static Command Create()
    {
        var input = new Option<string>("--input") { Description = "CSV with a line a period, periods of equal length.", Required = true };
        var date = new Option<string>("--date") { Description = "Its column with the first day of the period.", Required = true };
        var target = new Option<string>("--target") { Description = "Its column with what was sold.", Required = true };
        var channels = Columns("--channels", "Its columns with spend (or another measure of media), separated by commas.");
        channels.Required = true;
        var controls = Columns("--controls", "Its columns with whatever else moves the target.");
        var tests = new Option<string?>("--lift-tests") { Description = "CSV: channel, from, to, lift, standard_error of experiments." };
        var carryover = new Option<Carryover>("--adstock") { Description = "geometric or weibull." };
        var saturation = new Option<Saturation>("--saturation") { Description = "hill or logistic." };
        var seasons = VerbOptions.Ranged("--seasons", "Fourier pairs of the year in the baseline.", 2, 0, 10);
        var seed = VerbOptions.Ranged("--seed", "Of the sampler.", 1, 0, int.MaxValue);
        var path = new Option<string?>("--output") { Description = "Where to write channel,figure,estimate,lower,upper." };
        var json = VerbOptions.Json();
        var command = new Command(
            "response",
            "What each channel's spend brought: carry-over, saturation, contribution and ROI, with intervals."
        )
        {
            input,
            date,
            target,
            channels,
            controls,
            tests,
            carryover,
            saturation,
            seasons,
            seed,
            path,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var data = MixFile.Read(
                    parsed.GetRequiredValue(input),
                    parsed.GetRequiredValue(date),
                    parsed.GetRequiredValue(target),
                    Names(parsed.GetRequiredValue(channels)),
                    Names(parsed.GetValue(controls) ?? "")
                );
                var experiments = parsed.GetValue(tests) is { } file ? LiftTestFile.Read(file, data) : [];
                var watch = Stopwatch.StartNew();
                var fit = MixModel.Fit(
                    data,
                    new(parsed.GetValue(carryover), parsed.GetValue(saturation), parsed.GetValue(seasons), Seed: parsed.GetValue(seed)),
                    experiments
                );
                var report = Of(data, fit, watch.Elapsed);
                if (parsed.GetValue(path) is { } outFile)
                    await WriteAsync(outFile, report, ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    Print(output, report);
                return 0;
            }
        );
        return command;

        static Option<string> Columns(string name, string description) => new(name) { Description = description };
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Report Of(MixData data, MixFit fit, TimeSpan took) =>
        new(
            data.Periods,
            fit.RSquared,
            fit.WorstMixing,
            took.TotalSeconds,
            Figure.Confidence,
            [
                .. fit.Channels.Select(c => new ReportedChannel(
                    c.Channel,
                    c.Spend,
                    new Dictionary<string, Figure>(c.Parameters)
                    {
                        ["contribution"] = c.Contribution,
                        ["share"] = c.Share,
                        ["roi"] = c.Roi,
                        ["marginal_roi"] = c.MarginalRoi,
                    }
                )),
            ]
        );

    private static async Task WriteAsync(string path, Report report, CancellationToken ct)
    {
        await using var writer = new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture);
        foreach (var header in (string[])["channel", "figure", "estimate", "lower", "upper"])
            writer.WriteField(header);
        await writer.NextRecordAsync();
        foreach (var channel in report.Channels)
        foreach (var (name, figure) in channel.Figures)
        {
            ct.ThrowIfCancellationRequested();
            writer.WriteField(channel.Channel);
            writer.WriteField(name);
            foreach (var number in (double[])[figure.Estimate, figure.Lower, figure.Upper])
                writer.WriteField(number.ToString("R", CultureInfo.InvariantCulture));
            await writer.NextRecordAsync();
        }
    }

    private static void Print(TextWriter output, Report report)
    {
        foreach (var channel in report.Channels)
        {
            Line($"{channel.Channel}: {channel.Spend:N2} spent");
            foreach (var (name, figure) in channel.Figures)
                Line($"  {name, -16}{figure.Estimate, 14:G5}   90 %: {figure.Lower:G5} to {figure.Upper:G5}");
        }
        Line(
            $"{report.Periods} periods, R² {report.RSquared:F3}, {report.Seconds:F1} s; chains agree to {report.WorstMixing:F3} (1 is best)."
        );
        if (report.WorstMixing > 1.05)
            output.WriteLine("The chains disagree: the data do not settle these figures. More periods, or a lift test, would.");

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
