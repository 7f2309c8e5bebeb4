using System.CommandLine;
using MarketingPlatform.Experimentation.OffPolicy;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.OffPolicy;

/// <summary><c>marketing evaluate policy</c>: what another policy would have earned, from logged decisions.</summary>
internal static class EvaluatePolicyCommand
{
    public static Command Create()
    {
        var log = new Option<string>("--log") { Description = "CSV (or .csv.gz) of decisions, a row each.", Required = true };
        var target = new Option<string>("--target")
        {
            Description =
                "The policy asked about: uniform; or another log, whose average policy is meant (and whose mean reward is shown beside); "
                + "or, with --table, a CSV of context columns, action and probability.",
            Required = true,
        };
        var table = new Option<bool>("--table") { Description = "--target is a table of probabilities, not a log." };
        var action = Named("--action", "Column that says what was done.", "action");
        var reward = Named("--reward", "Column that says what came of it.", "reward");
        var propensity = Named("--propensity", "Column with the probability with which it was chosen.", "propensity");
        var context = new Option<string[]>("--context")
        {
            Description = "Columns of the situation on which the policies depend, such as position. Default: none.",
            AllowMultipleArgumentsPerToken = true,
        };
        var unsupported = new Option<double>("--most-unsupported")
        {
            Description = "Share of the target's decisions that the log may lack before the answer is refused. Default 0.01.",
            DefaultValueFactory = _ => 0.01,
        };
        var json = VerbOptions.Json();
        var command = new Command("policy", "Estimate what another policy would have earned: IPS, SNIPS, direct, doubly robust, switch-DR.")
        {
            log,
            target,
            table,
            action,
            reward,
            propensity,
            context,
            unsupported,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var files = new DecisionLog(
                    new(
                        parsed.GetRequiredValue(action),
                        parsed.GetRequiredValue(reward),
                        parsed.GetRequiredValue(propensity),
                        parsed.GetValue(context) ?? []
                    )
                );
                var question = new PolicyQuestion(
                    parsed.GetRequiredValue(log),
                    parsed.GetRequiredValue(target),
                    parsed.GetValue(table),
                    parsed.GetValue(unsupported)
                );
                var report = question.Answer(files, ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    report.Write(output);
                return 0;
            }
        );
        return command;

        static Option<string> Named(string name, string description, string standard) =>
            new(name) { Description = $"{description} Default: {standard}.", DefaultValueFactory = _ => standard };
    }
}
