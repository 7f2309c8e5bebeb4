using System.CommandLine;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Templates.Evaluation;

/// <summary><c>marketing evaluate liquid</c>: how much of the Liquid language our templates understand.</summary>
internal static class EvaluateLiquidCommand
{
    public static Command Create()
    {
        var cases = new Option<string>("--cases")
        {
            Description = "File (or its folder) of cases in the format of golden-liquid.",
            Required = true,
        };
        var output = new Option<FileInfo?>("--output") { Description = "CSV of every case: name, passed, expected, got, error." };
        var json = VerbOptions.Json();
        var command = new Command("liquid", "Run a Liquid conformance suite through the engine that renders mails.")
        {
            cases,
            output,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var tests = await LiquidEvaluation.ReadAsync(parsed.GetRequiredValue(cases), ct);
                var outcomes = tests.Select(LiquidEvaluation.Run).ToList();
                if (parsed.GetValue(output) is { } file)
                    await WriteAsync(file, outcomes);
                var passed = outcomes.Count(outcome => outcome.Passed);
                var refused = tests.Count(test => test.Invalid);
                var refusedRightly = tests.Zip(outcomes).Count(pair => pair.First.Invalid && pair.Second.Passed);
                var writer = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await writer.WriteJsonAsync(
                        new
                        {
                            cases = outcomes.Count,
                            passed,
                            share = Math.Round((double)passed / outcomes.Count, 4),
                            invalidTemplates = refused,
                            invalidTemplatesRefused = refusedRightly,
                            failed = outcomes.Where(outcome => !outcome.Passed).Select(outcome => outcome.Name),
                        }
                    );
                else
                    await writer.WriteLineAsync(
                        $"{passed} of {outcomes.Count} cases pass; {refusedRightly} of {refused} invalid templates are refused."
                    );
                return 0;
            }
        );
        return command;
    }

    private static async Task WriteAsync(FileInfo file, IReadOnlyList<LiquidCaseOutcome> outcomes)
    {
        try
        {
            await using var writer = new StreamWriter(file.FullName);
            await using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture);
            await csv.WriteRecordsAsync(outcomes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.FullName} cannot be written: {e.Message}", e);
        }
    }
}
