using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Simulation;

/// <summary><c>marketing evaluate allocation --runs 20 --seed S [--json]</c>: 90 days of budgets in simulated markets.</summary>
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
        Part OverOneOff
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
        var json = VerbOptions.Json();
        var command = new Command("allocation", "Profit of 90 days of budgets in simulated markets, against the best possible.")
        {
            runs,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var report = Run(parsed.GetValue(runs), parsed.GetValue(seed), ct);
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

    internal static Report Run(int runs, int seed, CancellationToken ct)
    {
        var profits = new LoopProfit[runs];
        Parallel.For(
            0,
            runs,
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => profits[run] = ClosedLoop.Run(seed + run)
        );
        return new(
            runs,
            ClosedLoop.Days,
            Part.Of(profits, p => p.Platform),
            Part.Of(profits, p => p.EqualSplit),
            Part.Of(profits, p => p.Platform - p.EqualSplit),
            Part.Of(profits, p => p.Platform - p.LastTouch),
            Part.Of(profits, p => p.Platform - p.OneOff)
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

        void Line(string name, Part part) =>
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  {name, -24}{part.Estimate, 8:P1}  ({part.Lower:P1} to {part.Upper:P1})")
            );
    }
}
