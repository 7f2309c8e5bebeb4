using System.CommandLine;
using MarketingPlatform.Cli.Evaluate.Plots;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Uplift;

/// <summary><c>marketing evaluate uplift</c>: how well learners tell whom a treatment moves, on a random part of a test that they were not
/// trained on.</summary>
internal static class EvaluateUpliftCommand
{
    public static Command Create()
    {
        var input = Required("--input", "CSV (or .csv.gz) of a randomised test, a row a person.");
        var treatment = Required("--treatment", "Column that says who got what.");
        var control = Required("--control", "Its value for those who got nothing.");
        var treated = new Option<string[]>("--treated") { Description = "Its values that count as treated. Default: all others." };
        var outcome = Required("--outcome", "Column that says what each did afterwards, as a number.");
        var features = new Option<string>("--features")
        {
            Description = "Columns known before the test, separated by commas; numbers or texts.",
            Required = true,
        };
        var learners = new Option<string[]>("--learner")
        {
            Description = $"One or more of: {string.Join(", ", UpliftEvaluation.Learners.Keys)}. Default: all.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. UpliftEvaluation.Learners.Keys],
        };
        learners.AcceptOnlyFromAmong([.. UpliftEvaluation.Learners.Keys]);
        var testShare = new Option<double>("--test-share")
        {
            Description = "Share of people that the learners do not see. Default 0.5.",
            DefaultValueFactory = _ => 0.5,
        };
        testShare.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= 0.1 and <= 0.9))
                result.AddError("--test-share lies between 0.1 and 0.9.");
        });
        var seed = VerbOptions.Ranged("--seed", "Of the split, the trees and the bootstrap.", standard: 1, least: 0, most: int.MaxValue);
        var resamples = VerbOptions.Ranged("--resamples", "Of the bootstrap.", standard: 500, least: 100, most: 100_000);
        var plot = new Option<string?>("--plot") { Description = "Where to draw the Qini curve of each learner, as SVG." };
        var json = VerbOptions.Json();
        var command = new Command("uplift", "Learn whom a treatment moves, and measure it by Qini and AUUC on people not trained on.")
        {
            input,
            treatment,
            control,
            treated,
            outcome,
            features,
            learners,
            testShare,
            seed,
            resamples,
            plot,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var columns = new TestColumns(
                    parsed.GetRequiredValue(treatment),
                    parsed.GetRequiredValue(control),
                    parsed.GetValue(treated) ?? [],
                    parsed.GetRequiredValue(outcome),
                    parsed.GetRequiredValue(features).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                );
                var path = parsed.GetRequiredValue(input);
                var evaluation = new UpliftEvaluation(parsed.GetValue(testShare), parsed.GetValue(seed), parsed.GetValue(resamples));
                var report = evaluation.Run(path, TestTable.Read(path, columns, ct), parsed.GetRequiredValue(learners), ct);
                if (parsed.GetValue(plot) is { } picture)
                    await report.ToChart().SaveAsync(picture, ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    report.Write(output);
                return 0;
            }
        );
        return command;

        static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };
    }
}
