using System.CommandLine;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// <c>marketing evaluate budget --curves F.json --total N --output out.csv [--json]</c>: the division of N with the greatest total return.
/// out.csv: <c>name,spend,return,marginal</c>, numbers in full precision.
/// </summary>
internal static class EvaluateBudgetCommand
{
    internal sealed record Report(
        double Total,
        double Spent,
        double TotalReturn,
        double UpperBound,
        double Gap,
        double MarginalReturn,
        int Nodes,
        string? Reason,
        IReadOnlyList<Line> Cells
    );

    internal sealed record Line(string Name, double Spend, double Return, double Marginal);

    public static Command Create()
    {
        var curves = new Option<string>("--curves")
        {
            Description =
                "JSON: {\"cells\": [{\"name\", \"kind\": \"hill\", \"scale\", \"halfSaturation\", \"shape\", \"min\", \"max\", \"channel\"}], "
                + "\"channels\": [{\"name\", \"min\", \"max\"}]}.",
            Required = true,
        };
        var total = new Option<double>("--total")
        {
            Description = "The budget; all of it is spent where the cells may take it.",
            Required = true,
        };
        var path = new Option<string?>("--output") { Description = "Where to write name,spend,return,marginal." };
        var json = VerbOptions.Json();
        var command = new Command("budget", "Divides a budget over response curves to proven optimality.") { curves, total, path, json };
        command.SetAction(
            async (parsed, ct) =>
            {
                var report = Solve(parsed.GetRequiredValue(curves), parsed.GetValue(total));
                if (parsed.GetValue(path) is { } file)
                    await WriteAsync(file, report.Cells, ct);
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

    internal static Report Solve(string path, double total)
    {
        if (!(total >= 0) || !double.IsFinite(total))
            throw new CommandException("--total must be zero or more.");
        var (cells, channels) = CurvesFile.Read(path, total);
        var best = Try(cells, channels, total);
        return new(
            total,
            best.Spent,
            best.Return,
            best.Bound,
            best.Gap,
            Finite(best.NextReturn),
            best.Nodes,
            best.Reason,
            [.. best.Cells.Select(c => new Line(c.Cell.Name, c.Spend, c.Return, Finite(c.Marginal)))]
        );
    }

    private static OptimalBudget Try(IReadOnlyList<SpendCell> cells, IReadOnlyList<SpendGroup> channels, double total)
    {
        double[] low = [.. cells.Select(c => c.Least)];
        double[] high = [.. cells.Select(c => c.Most)];
        var groups = SpendGroups.Of(cells.Count, channels);
        if (groups.Impossible(low, high) is { } bad)
            throw new CommandException(
                bad.Most < bad.SumOf(low)
                    ? $"The channel {bad.Name} may take {bad.Most:R}, and the minima of its cells sum to {bad.SumOf(low):R}: raise its max or lower a min."
                    : $"The channel {bad.Name} must take {bad.Least:R}, and the maxima of its cells sum to {bad.SumOf(high):R}: lower its min or raise a max."
            );
        if (groups.Between(low, high).Least is var least && least > total * (1 + 1e-12))
            throw new CommandException(
                $"The minima of the cells sum to {least:R}, which is more than --total {total:R}: lower a min or raise the total."
            );
        return BudgetOptimiser.Solve(cells, total, channels);
    }

    // JSON has no infinity; a power below 1 rises without limit at 0.
    private static double Finite(double marginal) => double.IsPositiveInfinity(marginal) ? double.MaxValue : marginal;

    private static async Task WriteAsync(string path, IReadOnlyList<Line> lines, CancellationToken ct)
    {
        await using var writer = new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture);
        foreach (var header in (string[])["name", "spend", "return", "marginal"])
            writer.WriteField(header);
        await writer.NextRecordAsync();
        foreach (var line in lines)
        {
            ct.ThrowIfCancellationRequested();
            writer.WriteField(line.Name);
            foreach (var number in (double[])[line.Spend, line.Return, line.Marginal])
                writer.WriteField(number.ToString("R", CultureInfo.InvariantCulture));
            await writer.NextRecordAsync();
        }
    }

    private static void Print(TextWriter output, Report report)
    {
        Line($"{"cell", -32}{"spend", 16}{"return", 16}{"next returns", 14}");
        foreach (var c in report.Cells)
            Line($"{c.Name, -32}{c.Spend, 16:N2}{c.Return, 16:N2}{c.Marginal, 14:G6}");
        Line($"{"total", -32}{report.Spent, 16:N2}{report.TotalReturn, 16:N2}");
        Line($"No division returns more than {report.UpperBound:N6}: the gap is {report.Gap:E1} ({report.Nodes} parts searched).");
        if (report.Reason is { } reason)
            output.WriteLine(reason);

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
