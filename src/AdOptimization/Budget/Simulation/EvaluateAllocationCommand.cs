using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Simulation;

/// <summary><c>marketing evaluate allocation --runs 20 --seed S [--weeks 104] [--json]</c>: 90 days of budgets in simulated markets.</summary>
internal static class EvaluateAllocationCommand
{
    /// <param name="Platform">Its profit; this and the others in parts of the best possible one.</param>
    /// <param name="OverEqualSplit">By how much it is above an equal split's; the others alike.</param>
    internal sealed record Report(
        int Runs,
        int Days,
        Part Platform,
        Part EqualSplit,
        Part OverEqualSplit,
        Part OverLastTouch,
        Part OverOneOff,
        WithWeeks? WithWeeks
    );

    /// <summary>The same markets with weeks before the first day, which the weekly model learns from.</summary>
    /// <param name="MoreThanWithout">By how much the platform is better for them.</param>
    /// <param name="Claims">Where no hold-out says what claimed conversions are worth, without weeks; the next ones with them.</param>
    internal sealed record WithWeeks(
        int Weeks,
        Part Platform,
        Part MoreThanWithout,
        Part Claims,
        Part ClaimsWithWeeks,
        Part ClaimsMoreThanWithout
    );

    /// <summary>
    /// A sum over the markets in parts of the omniscient profits' sum, with its 95 % interval (Student, delta method for a ratio).
    /// </summary>
    internal sealed record Part(double Estimate, double Lower, double Upper)
    {
        public static Part Of(IReadOnlyList<LoopProfit> profits, Func<LoopProfit, double> what)
        {
            var n = profits.Count;
            var omniscient = profits.Sum(p => p.Omniscient);
            var part = profits.Sum(what) / omniscient;
            var squares = profits.Sum(p => Math.Pow(what(p) - part * p.Omniscient, 2));
            var error = Math.Sqrt(squares / (n * (n - 1.0))) / (omniscient / n);
            var half = StudentDistribution.Quantile(0.975, n - 1) * error;
            return new(part, part - half, part + half);
        }
    }

    public static Command Create()
    {
        var runs = VerbOptions.Ranged("--runs", "Simulated markets.", 20, 2, 10_000);
        var seed = VerbOptions.Ranged("--seed", "Of the first market; the others follow.", 1, 0, int.MaxValue / 2000);
        var weeks = VerbOptions.Ranged("--weeks", "Weeks before the first day that the weekly model learns from; 0: none.", 0, 0, 520);
        var json = VerbOptions.Json();
        var command = new Command("allocation", "Profit of 90 days of budgets in simulated markets, against the best possible.")
        {
            runs,
            seed,
            weeks,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                if (parsed.GetValue(weeks) is > 0 and < 52 and var few)
                    throw new CommandException($"--weeks {few} is too few: give 52 or more, or 0.");
                var report = Run(parsed.GetValue(runs), parsed.GetValue(seed), parsed.GetValue(weeks), ct);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    Print(output, report);
                return 0;
            }
        );
        return command;
    }

    internal static Report Run(int runs, int seed, int weeks, CancellationToken ct)
    {
        var profits = new LoopProfit[runs];
        Parallel.For(
            0,
            runs,
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => profits[run] = ClosedLoop.Run(seed + run, weeks)
        );
        return new(
            runs,
            ClosedLoop.Days,
            Part.Of(profits, p => p.Platform),
            Part.Of(profits, p => p.EqualSplit),
            Part.Of(profits, p => p.Platform - p.EqualSplit),
            Part.Of(profits, p => p.Platform - p.LastTouch),
            Part.Of(profits, p => p.Platform - p.OneOff),
            weeks == 0
                ? null
                : new(
                    weeks,
                    Part.Of(profits, p => p.Weekly!.Value),
                    Part.Of(profits, p => p.Weekly!.Value - p.Platform),
                    Part.Of(profits, p => p.Claims!.Value),
                    Part.Of(profits, p => p.ClaimsWeekly!.Value),
                    Part.Of(profits, p => p.ClaimsWeekly!.Value - p.Claims!.Value)
                )
        );
    }

    private static void Print(TextWriter output, Report report)
    {
        output.WriteLine(
            $"{report.Runs} markets, {report.Days} days; profit in parts of the omniscient allocation's, with 95 % intervals:"
        );
        Line("platform", report.Platform);
        Line("equal split", report.EqualSplit);
        Line("more than equal split", report.OverEqualSplit);
        Line("more than last touch", report.OverLastTouch);
        Line("more than one-off", report.OverOneOff);
        if (report.WithWeeks is { } weekly)
        {
            Line($"with {weekly.Weeks} weeks before", weekly.Platform);
            Line("more than without", weekly.MoreThanWithout);
            Line("no hold-outs", weekly.Claims);
            Line("no hold-outs, weeks", weekly.ClaimsWithWeeks);
            Line("more than without", weekly.ClaimsMoreThanWithout);
        }

        void Line(string name, Part part) =>
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  {name, -24}{part.Estimate, 8:P1}  ({part.Lower:P1} to {part.Upper:P1})")
            );
    }
}
