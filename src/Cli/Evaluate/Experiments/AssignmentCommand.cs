using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary><c>marketing evaluate assignment</c>: does the platform assign as every GrowthBook SDK does?</summary>
internal static class AssignmentCommand
{
    public static Command Create()
    {
        var cases = new Option<string>("--cases") { Description = "GrowthBook's cases.json.", Required = true };
        var json = VerbOptions.Json();
        var command = new Command(
            "assignment",
            "Run GrowthBook's SDK vectors: hashing, buckets, conditions, features, experiments, sticky buckets."
        )
        {
            cases,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var sections = AssignmentCases.Run(parsed.GetRequiredValue(cases), out var skipped);
                var (passed, failed) = (sections.Sum(section => section.Passed), sections.Sum(section => section.Failed));
                if (parsed.GetValue(json))
                {
                    await output.WriteJsonAsync(
                        new
                        {
                            passed,
                            failed,
                            sections,
                            skipped,
                        }
                    );
                    return failed == 0 ? 0 : 1;
                }
                foreach (var section in sections)
                {
                    output.WriteLine($"{section.Section, -24}{section.Passed, 5} passed {section.Failed, 5} failed");
                    foreach (var failure in section.Failures)
                        output.WriteLine($"    failed: {failure}");
                }
                output.WriteLine($"{"all", -24}{passed, 5} passed {failed, 5} failed");
                output.WriteLine($"not run: {string.Join(", ", skipped)}");
                return failed == 0 ? 0 : 1;
            }
        );
        return command;
    }
}
