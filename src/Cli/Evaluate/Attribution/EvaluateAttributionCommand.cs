using System.CommandLine;
using MarketingPlatform.Experimentation.Attribution;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Attribution;

/// <summary><c>marketing evaluate attribution</c>: shares the conversions of a file of paths among its channels.</summary>
internal static class EvaluateAttributionCommand
{
    public static Command Create(TimeProvider clock)
    {
        var paths = new Option<string>("--paths")
        {
            Description = "CSV (or .csv.gz) with columns path (\"a > b > a\"), total_conversions, total_conversion_value, total_null.",
            Required = true,
        };
        var model = new Option<string>("--model") { Description = $"One of: {string.Join(", ", NamedModel.Names)}.", Required = true };
        model.AcceptOnlyFromAmong(NamedModel.Names);
        var order = VerbOptions.Ranged(
            "--order",
            "Touches that a state of the Markov chain remembers.",
            standard: 1,
            least: 1,
            most: MarkovAttribution.HighestOrder
        );
        var withoutNulls = new Option<bool>("--without-nulls") { Description = "Markov: leave out paths that ended without a purchase." };
        var halfLife = new Option<double>("--half-life")
        {
            Description = "Time decay: a touch counts half of one that came so many touches later. Default 2.",
            DefaultValueFactory = _ => 2,
        };
        var output = new Option<string?>("--output") { Description = "Where to write channel, conversions, value (and removal_effect)." };
        var json = VerbOptions.Json();
        var command = new Command("attribution", "Share conversions among the channels that led to them.")
        {
            paths,
            model,
            order,
            withoutNulls,
            halfLife,
            output,
            json,
        };
        command.Validators.Add(result =>
        {
            var name = result.GetResult(model)?.Tokens is [var token] ? token.Value : null;
            if (name is not null and not NamedModel.Markov && result.GetResult(order) is { Implicit: false })
                result.AddError("--order belongs to --model markov.");
        });
        halfLife.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is var life && !(life > 0 && double.IsFinite(life)))
                result.AddError("--half-life is a number above 0, in touches.");
        });
        command.SetAction(
            async (parsed, ct) =>
            {
                var start = clock.GetTimestamp();
                var asked = NamedModel.Create(
                    parsed.GetRequiredValue(model),
                    parsed.GetValue(order),
                    !parsed.GetValue(withoutNulls),
                    parsed.GetValue(halfLife)
                );
                var file = PathFile.Read(parsed.GetRequiredValue(paths), asked.Model, asked.MostChannels, asked.UsesNulls, ct);
                var report = AttributionReport.Of(asked, parsed.GetValue(order), file, () => clock.GetElapsedTime(start));
                if (parsed.GetValue(output) is { } target)
                    await report.SaveAsync(target, ct);
                var text = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await text.WriteJsonAsync(report);
                else
                    report.Write(text);
                return 0;
            }
        );
        return command;
    }
}
