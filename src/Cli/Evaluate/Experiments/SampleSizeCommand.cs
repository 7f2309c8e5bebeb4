using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Power;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary><c>marketing evaluate sample-size</c>: how many units does an experiment need?</summary>
internal static class SampleSizeCommand
{
    public static Command Create()
    {
        var baseline = Number("--baseline", "The control's rate, 0 to 1; or with --deviation its mean.", required: true);
        var effect = Number(
            "--effect",
            "The absolute change to see: 0.05 is five percentage points. With --relative a share of the baseline.",
            true
        );
        var power = Number("--power", "Chance to see it.", required: false, standard: 0.8);
        var alpha = Number("--alpha", "Chance of a false alarm.", required: false, standard: 0.05);
        var relative = new Option<bool>("--relative") { Description = "The effect is a share of the baseline: 0.1 is ten per cent more." };
        var deviation = new Option<double?>("--deviation")
        {
            Description = "Standard deviation of a unit: the metric is a mean, not a rate.",
        };
        var json = VerbOptions.Json();
        var command = new Command("sample-size", "Units an arm for a comparison of two arms with one look.")
        {
            baseline,
            effect,
            power,
            alpha,
            relative,
            deviation,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var from = parsed.GetRequiredValue(baseline);
                var change = parsed.GetRequiredValue(effect) * (parsed.GetValue(relative) ? from : 1);
                var report = Of(from, change, parsed.GetValue(power), parsed.GetValue(alpha), parsed.GetValue(deviation));
                if (parsed.GetValue(json))
                    await parsed.InvocationConfiguration.Output.WriteJsonAsync(report);
                else
                    parsed.InvocationConfiguration.Output.WriteLine(report.Sentence);
                return 0;
            }
        );
        return command;

        static Option<double> Number(string name, string description, bool required, double standard = 0)
        {
            var option = new Option<double>(name) { Description = description, Required = required };
            if (!required)
                option.DefaultValueFactory = _ => standard;
            return option;
        }
    }

    private static SampleSizeReport Of(double baseline, double effect, double power, double alpha, double? deviation)
    {
        try
        {
            var units = deviation is { } spread
                ? SampleSize.ForMean(spread, effect, power, alpha)
                : SampleSize.ForRate(baseline, effect, power, alpha);
            var sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{units:N1} units an arm: with {Math.Ceiling(units):N0} in each of two arms a change from {baseline} to {baseline + effect:0.######} is seen in {power:P0} of experiments, and where there is none it seems so in {alpha:P0}."
            );
            return new SampleSizeReport(
                units,
                (long)Math.Ceiling(units),
                2 * (long)Math.Ceiling(units),
                baseline,
                effect,
                power,
                alpha,
                sentence
            );
        }
        catch (ArgumentOutOfRangeException cause)
        {
            throw new CommandException($"--{cause.ParamName} {cause.ActualValue}: {cause.Message.Split(" (Parameter")[0]}", cause);
        }
    }

    /// <param name="UnitsPerArm">As the formula gives it.</param>
    /// <param name="UnitsPerArmRounded">Rounded up.</param>
    private sealed record SampleSizeReport(
        double UnitsPerArm,
        long UnitsPerArmRounded,
        long UnitsTotal,
        double Baseline,
        double Effect,
        double Power,
        double Alpha,
        string Sentence
    );
}
