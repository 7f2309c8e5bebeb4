using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Cli.Evaluate.Plots;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Bandits;

/// <summary><c>marketing evaluate bandit</c>: what a policy loses while it learns, on arms whose rates are known.</summary>
internal static class EvaluateBanditCommand
{
    public static Command Create()
    {
        var arms = new Option<string?>("--arms") { Description = "Success rates, such as 0.05,0.02,0.02." };
        var randomArms = VerbOptions.Ranged(
            "--random-arms",
            "Instead of --arms: so many arms, their rates drawn uniformly from 0 to 1 in each run.",
            standard: 0,
            least: 0,
            most: 1_000
        );
        var rounds = VerbOptions.Ranged("--rounds", "Plays in a run.", standard: 10_000, least: 1, most: 100_000_000);
        var policy = new Option<string[]>("--policy")
        {
            Description = $"One or more of: {string.Join(", ", Policies.Names)}.",
            DefaultValueFactory = _ => ["thompson"],
            AllowMultipleArgumentsPerToken = true,
        };
        policy.AcceptOnlyFromAmong([.. Policies.Names]);
        var runs = VerbOptions.Ranged("--runs", "Runs; the figures are their means.", standard: 500, least: 2, most: 10_000_000);
        var seed = VerbOptions.Ranged("--seed", "The same seed gives the same figures.", standard: 1, least: 0, most: int.MaxValue);
        var batch = VerbOptions.Ranged("--batch", "Results become known every so many rounds.", standard: 1, least: 1, most: 100_000_000);
        var delay = VerbOptions.Ranged("--delay", "Rounds until a result is known.", standard: 0, least: 0, most: 100_000_000);
        var halfLife = VerbOptions.Ranged(
            "--half-life",
            "Rounds after which a result counts half; 0: it never fades.",
            standard: 0,
            least: 0,
            most: 100_000_000
        );
        var minimum = new Option<double>("--minimum-share") { Description = "Least probability of every arm, such as 0.01. Default 0." };
        var plot = new Option<string?>("--plot") { Description = "Where to draw the regret of each policy over the rounds, as SVG." };
        var json = VerbOptions.Json();
        var command = new Command("bandit", "Simulate a bandit policy: mean pseudo-regret with its standard error.")
        {
            arms,
            randomArms,
            rounds,
            policy,
            runs,
            seed,
            batch,
            delay,
            halfLife,
            minimum,
            plot,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var asked = new BanditComparison(
                    Rates(parsed.GetValue(arms)),
                    parsed.GetValue(randomArms),
                    new(
                        parsed.GetValue(rounds),
                        parsed.GetValue(batch),
                        parsed.GetValue(delay),
                        parsed.GetValue(halfLife) is > 0 and var life ? Math.Pow(0.5, 1.0 / life) : 1,
                        parsed.GetValue(minimum)
                    ),
                    parsed.GetValue(runs),
                    parsed.GetValue(seed)
                );
                asked.ThrowIfSenseless();
                var report = asked.Run(parsed.GetRequiredValue(policy), ct);
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
    }

    internal static double[] Rates(string? arms) =>
        arms is null
            ? []
            :
            [
                .. arms.Split(',', StringSplitOptions.TrimEntries)
                    .Select(
                        (text, i) =>
                            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 1
                                ? rate
                                : throw new CommandException(
                                    $"--arms: rate {i + 1}, \"{text}\", is not a number between 0 and 1. Write them as 0.05,0.02,0.02."
                                )
                    ),
            ];
}
