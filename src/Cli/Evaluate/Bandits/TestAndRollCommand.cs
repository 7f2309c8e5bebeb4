using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Bandits;

/// <summary><c>marketing evaluate test-and-roll</c>: how many of a list to test two variants on before all others get the better
/// one.</summary>
internal static class TestAndRollCommand
{
    public static Command Create()
    {
        var list = VerbOptions.Ranged("--list", "People in all.", standard: 10_000, least: 2, most: int.MaxValue);
        var variance = Positive("--variance", "Variance of single rewards; rate × (1 − rate) for a rate.");
        var spread = Positive("--spread", "Standard deviation of variants' mean rewards, from past tests.");
        var mean = new Option<double>("--mean") { Description = "Expected mean reward of a variant. Default 0." };
        var json = VerbOptions.Json();
        var command = new Command("test-and-roll", "The most profitable test size for a finite list (Feit and Berman 2019).")
        {
            list,
            variance,
            spread,
            mean,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var plan = new TestAndRoll(
                    parsed.GetValue(list),
                    parsed.GetValue(variance),
                    parsed.GetValue(spread),
                    parsed.GetValue(mean)
                );
                var size = (long)Math.Round(plan.BestSize);
                var report = new Report(size, plan.List - 2 * size, plan.ExpectedReward(size), plan.ExpectedReward(0), plan.PerfectReward);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    await output.WriteLineAsync(report.Text());
                return 0;
            }
        );
        return command;

        static Option<double> Positive(string name, string description)
        {
            var option = new Option<double>(name) { Description = description, Required = true };
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<double>() is var value && !(value > 0 && double.IsFinite(value)))
                    result.AddError($"{name} is a number above 0.");
            });
            return option;
        }
    }

    /// <param name="TestSize">People a variant in the test.</param>
    /// <param name="Rolled">People who get the better one afterwards.</param>
    /// <param name="WithoutTest">Expected reward of taking either variant for all.</param>
    /// <param name="WithPerfectKnowledge">Expected reward of someone who knows the better one.</param>
    private sealed record Report(long TestSize, long Rolled, double ExpectedReward, double WithoutTest, double WithPerfectKnowledge)
    {
        public string Text() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"Test each variant on {TestSize:N0} people and send the better one to the other {Rolled:N0}: expected reward {ExpectedReward:N1} ({WithoutTest:N1} without a test, {WithPerfectKnowledge:N1} for who knows the better one)."
            );
    }
}
