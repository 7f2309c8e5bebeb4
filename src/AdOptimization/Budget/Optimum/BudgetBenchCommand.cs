using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary><c>marketing bench budget [--json]</c>: how long dividing a budget takes, beside evaluating its curves once, and how near the bound it ends.</summary>
internal static class BudgetBenchCommand
{
    private const int Channels = 20;
    private const int Segments = 12;
    private const int Repeats = 41;

    /// <param name="ConcaveMilliseconds">Median of dividing a budget over 20 channels × 12 segments.</param>
    /// <param name="EvaluationMilliseconds">The limit: the marginal return of each of those cells once.</param>
    /// <param name="Evaluations">How many such evaluations a division takes as long as.</param>
    /// <param name="ConcaveGap">The largest of 200 random instances of up to 100 cells, relative to the dual bound.</param>
    /// <param name="SlopeSpread">The largest difference of marginal returns between cells inside their bounds, relative.</param>
    /// <param name="SShapedGap">The largest of 1,000 random instances of up to 12 cells with shapes up to 3.</param>
    /// <param name="Unspent">The largest relative difference between budget and spend in all of those.</param>
    /// <param name="ChannelGap">The largest gap of 500 instances, half concave and half S-shaped, whose cells are in three channels with limits.</param>
    internal sealed record Report(
        double ConcaveMilliseconds,
        double EvaluationMilliseconds,
        double Evaluations,
        double ConcaveGap,
        double SlopeSpread,
        double SShapedGap,
        double SShapedMilliseconds,
        double Unspent,
        double ChannelGap
    );

    public static Command Create()
    {
        var seed = VerbOptions.Ranged("--seed", "Of the random instances.", 1, 0, int.MaxValue);
        var json = VerbOptions.Json();
        var command = new Command("budget", "Time and proven gap of dividing budgets over response curves.") { seed, json };
        command.SetAction(
            async (parsed, _) =>
            {
                var report = Run(parsed.GetValue(seed));
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

    private static Report Run(int seed)
    {
        var random = new Random(seed);
        var large = Cells(random, Channels * Segments, 0.3, 1);
        var budget = 0.3 * large.Sum(c => c.Most);
        var (solving, evaluating) = (new List<double>(), new List<double>());
        for (var i = 0; i < Repeats; i++)
        {
            solving.Add(Milliseconds(() => BudgetOptimiser.Solve(large, budget)));
            evaluating.Add(Milliseconds(() => large.Sum(c => c.Curve.Marginal(c.Most / 2))));
        }
        var (concaveGap, spread, unspent) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 200; i++)
        {
            var best = Random(random, random.Next(1, 101), 0.3, 1, ref unspent);
            concaveGap = Math.Max(concaveGap, best.Gap);
            spread = Math.Max(spread, Spread(best));
        }
        var (gap, times) = (0.0, new List<double>());
        for (var i = 0; i < 1000; i++)
        {
            var watch = Stopwatch.GetTimestamp();
            gap = Math.Max(gap, Random(random, random.Next(2, 13), 0.5, 3, ref unspent).Gap);
            times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
        }
        var channelGap = 0.0;
        for (var i = 0; i < 250; i++)
        {
            channelGap = Math.Max(channelGap, Limited(Cells(random, random.Next(3, 101), 0.3, 1), random, ref unspent).Gap);
            channelGap = Math.Max(channelGap, Limited(Cells(random, random.Next(3, 13), 0.5, 3), random, ref unspent).Gap);
        }
        var (solve, evaluate) = (Median(solving), Median(evaluating));
        return new(solve, evaluate, solve / evaluate, concaveGap, spread, gap, Median(times), unspent, channelGap);
    }

    private static OptimalBudget Random(Random random, int count, double leastShape, double mostShape, ref double unspent)
    {
        var cells = Cells(random, count, leastShape, mostShape);
        var least = cells.Sum(c => c.Least);
        var budget = least + random.NextDouble() * (cells.Sum(c => c.Most) - least);
        var best = BudgetOptimiser.Solve(cells, budget);
        unspent = Math.Max(unspent, Math.Abs(best.Spent - budget) / budget);
        return best;
    }

    /// <summary>Cells in turn of three channels, each of which must and may take a random part of what its cells can.</summary>
    private static OptimalBudget Limited(SpendCell[] cells, Random random, ref double unspent)
    {
        SpendGroup[] channels =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(k =>
                {
                    int[] members = [.. Enumerable.Range(0, cells.Length).Where(i => i % 3 == k)];
                    var (from, to) = (members.Sum(i => cells[i].Least), members.Sum(i => cells[i].Most));
                    var (one, other) = (random.NextDouble(), random.NextDouble());
                    return new SpendGroup(
                        $"channel{k}",
                        members,
                        from + (to - from) * Math.Min(one, other),
                        from + (to - from) * Math.Max(one, other)
                    );
                }),
        ];
        var (least, most) = (channels.Sum(c => c.Least), channels.Sum(c => c.Most));
        var budget = least + random.NextDouble() * (most - least);
        var best = BudgetOptimiser.Solve(cells, budget, channels);
        unspent = Math.Max(unspent, Math.Abs(best.Spent - budget) / budget);
        return best;
    }

    private static SpendCell[] Cells(Random random, int count, double leastShape, double mostShape) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var shape = leastShape + (mostShape - leastShape) * random.NextDouble();
                    var least = 20 * random.NextDouble();
                    return new SpendCell(
                        $"cell{i}",
                        new HillCurve(1 + 500 * random.NextDouble(), 5 + 500 * random.NextDouble(), shape),
                        least,
                        least + 1 + 1000 * random.NextDouble()
                    );
                }),
        ];

    private static double Spread(OptimalBudget best)
    {
        double[] slopes =
        [
            .. best
                .Cells.Where(c =>
                {
                    var margin = 1e-6 * (c.Cell.Most - c.Cell.Least);
                    return c.Spend > c.Cell.Least + margin && c.Spend < c.Cell.Most - margin;
                })
                .Select(c => c.Marginal),
        ];
        return slopes.Length > 1 ? (slopes.Max() - slopes.Min()) / slopes.Max() : 0;
    }

    private static double Milliseconds<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(TextWriter output, Report report)
    {
        Line(
            $"{Channels} channels × {Segments} segments, concave: {report.ConcaveMilliseconds:F2} ms, as long as {report.Evaluations:N0} evaluations of all slopes"
        );
        Line($"200 concave instances: gap {report.ConcaveGap:E1}, slopes differ by {report.SlopeSpread:E1} at most");
        Line($"1,000 S-shaped instances: gap {report.SShapedGap:E1}, median {report.SShapedMilliseconds:F2} ms");
        Line($"500 instances with limits of channels: gap {report.ChannelGap:E1}");
        Line($"spent to {report.Unspent:E1} of the budget");

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
