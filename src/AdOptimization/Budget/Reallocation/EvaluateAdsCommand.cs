using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Reallocation;

/// <summary>
/// <c>marketing evaluate ads --input F.csv [--by age,gender,interest] [--most-change 2] [--json]</c>: cost and conversions of a report of
/// ads by group, and the best reallocation of its spend, with an interval.
/// </summary>
internal static class EvaluateAdsCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--input")
        {
            Description =
                "CSV: a line an ad with Impressions, Clicks, Spent, Total_Conversion, Approved_Conversion and the columns of --by.",
            Required = true,
        };
        var by = new Option<string>("--by")
        {
            Description = "Columns to break down by, separated by commas.",
            DefaultValueFactory = _ => "age,gender,interest",
        };
        var change = new Option<double>("--most-change")
        {
            Description = "2: a cell may get from half to twice what it had.",
            DefaultValueFactory = _ => 2,
        };
        var seed = VerbOptions.Ranged("--seed", "Of the halves.", 1, 0, int.MaxValue);
        var json = VerbOptions.Json();
        var command = new Command("ads", "Cost and conversions of ads by group, and the best reallocation of their spend.")
        {
            input,
            by,
            change,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(change) is not > 1 or > 100)
                    throw new CommandException("--most-change must be above 1, at most 100.");
                var columns = parsed.GetValue(by)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (columns.Length == 0)
                    throw new CommandException("--by names no column.");
                var report = Reallocation.Of(
                    AdRows.Read(parsed.GetRequiredValue(input), columns),
                    columns,
                    parsed.GetValue(change),
                    parsed.GetValue(seed)
                );
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

    private static void Print(TextWriter output, ReallocationReport report)
    {
        Line($"{"", -22}{"ads", 6}{"impressions", 14}{"clicks", 9}{"spend", 12}{"enquiries", 10}{"sales", 7}{"cost of one", 12}");
        foreach (var g in (GroupTotals[])[.. report.Groups, report.Total])
            Line(
                $"{g.Column + " " + g.Value, -22}{g.Ads, 6:N0}{g.Impressions, 14:N0}{g.Clicks, 9:N0}{g.Spend, 12:N2}{g.Enquiries, 10:N0}{g.Sales, 7:N0}{g.CostOfSale, 12:N2}"
            );
        Line(
            $"Sales rise by {report.Elasticity.Estimate:F2} % for 1 % more spend (90 %: {report.Elasticity.Lower:F2} to {report.Elasticity.Upper:F2})."
        );
        Line(
            $"Moved best, each cell by a factor of {report.MostChange:G3} at most, the same money is expected to sell {report.Gain.Estimate:P1} more (90 %: {report.Gain.Lower:P1} to {report.Gain.Upper:P1}); {report.SameForLess:P1} of it would sell what it sells now."
        );
        foreach (var c in report.Cells.OrderByDescending(c => Math.Abs(c.Proposed - c.Spend)).Take(10))
            Line($"  {c.Cell, -20}{c.Spend, 10:N2} → {c.Proposed, 10:N2}   sales {c.ExpectedSales:N1} → {c.ExpectedSalesProposed:N1}");

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
