using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Sequential;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary><c>marketing evaluate experiment</c>: what did an experiment show?</summary>
internal static class ExperimentCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--input") { Description = "CSV file (gzip too) with a header.", Required = true };
        var arm = new Option<string>("--arm") { Description = "Column that names the arm.", Required = true };
        var metrics = new Option<string[]>("--metric")
        {
            Description = "Column with the number to compare; give it again for further metrics.",
            Required = true,
        };
        var unit = Text("--unit", "Column of the unit's id: its rows are summed up. Without it each row is a unit.");
        var control = Text("--control", "The arm to compare with; default the one called control or the like.");
        var covariate = Text("--covariate", "Column with something known from before the experiment, to take out noise (CUPED).");
        var denominator = Text("--denominator", "Column that the metric is a ratio to: revenue by orders.");
        var segment = Text("--segment", "Column of segments to compare within.");
        var method = new Option<InferenceMethod>("--method")
        {
            Description = "fixed: one look. sequential: as many as you like. bayesian: chance to win and expected loss.",
            DefaultValueFactory = _ => InferenceMethod.Fixed,
        };
        var shares = new Option<string[]>("--share")
        {
            Description = "Expected share of an arm, for all arms: --share A=0.9 --share B=0.1.",
        };
        var alpha = new Option<double>("--alpha") { Description = "1 − confidence of intervals.", DefaultValueFactory = _ => 0.05 };
        alpha.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is > 0 and < 0.5))
                result.AddError("--alpha must lie between 0 and 0.5; 0.05 means 95 % confidence.");
        });
        var tuning = VerbOptions.Ranged(
            "--tuning",
            "Units at which a sequential interval is tightest: about where you expect to decide.",
            (int)ConfidenceSequence.DefaultTuning,
            least: 1,
            most: int.MaxValue
        );
        var json = VerbOptions.Json();
        var command = new Command("experiment", "Compare the arms of an experiment: lift, interval, p-value, chance to win, sample ratio.")
        {
            input,
            unit,
            arm,
            metrics,
            control,
            covariate,
            denominator,
            segment,
            method,
            shares,
            alpha,
            tuning,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var columns = new ExperimentColumns(
                    parsed.GetRequiredValue(arm),
                    parsed.GetRequiredValue(metrics),
                    parsed.GetValue(unit),
                    parsed.GetValue(denominator),
                    parsed.GetValue(covariate),
                    parsed.GetValue(segment)
                );
                var options = new ExperimentOptions(
                    parsed.GetValue(control),
                    parsed.GetValue(method),
                    parsed.GetValue(alpha),
                    parsed.GetValue(tuning),
                    SharesOf(parsed.GetValue(shares))
                );
                var report = Run(parsed.GetRequiredValue(input), columns, options, ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    ExperimentText.Write(output, report);
                return 0;
            }
        );
        return command;

        static Option<string?> Text(string name, string description) => new(name) { Description = description };
    }

    internal static ExperimentReport Run(string path, ExperimentColumns columns, ExperimentOptions options, CancellationToken ct)
    {
        using var table = CsvTable.Open(path);
        try
        {
            return ExperimentAnalysis.Run(ExperimentInput.Read(table, columns, ct), columns, options);
        }
        catch (UnanalysableException cause)
        {
            throw new CommandException($"{path}: {cause.Message}", cause);
        }
    }

    private static Dictionary<string, double>? SharesOf(string[]? shares)
    {
        if (shares is null or [])
            return null;
        var byArm = new Dictionary<string, double>();
        foreach (var share in shares)
        {
            var split = share.LastIndexOf('=');
            if (
                split < 1
                || !double.TryParse(share[(split + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || !(number > 0 && double.IsFinite(number))
            )
                throw new CommandException($"--share {share} is not an arm and a share above 0, such as A=0.5.");
            byArm[share[..split]] = number;
        }
        return byArm;
    }
}
