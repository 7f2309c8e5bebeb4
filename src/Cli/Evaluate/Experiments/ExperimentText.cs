using System.Globalization;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>A report for people.</summary>
internal static class ExperimentText
{
    public static void Write(TextWriter output, ExperimentReport report)
    {
        output.WriteLine(report.Sentence);
        output.WriteLine();
        WriteArms(output, report.Metric, report.Arms);
        Print($"sample ratio     p = {report.Srm.P:G4}{(report.Srm.Alarm ? " ALARM: the arms are not as large as they should be" : "")}");
        foreach (var note in report.Notes)
            output.WriteLine($"note             {note}");
        foreach (var metric in report.Metrics?.Skip(1) ?? [])
        {
            output.WriteLine();
            output.WriteLine(metric.Sentence);
            WriteArms(output, metric.Metric, metric.Arms);
        }
        if (report.Segments is not { Count: > 0 } segments)
            return;
        output.WriteLine();
        Print($"{"segment", -28}{"arm", -20}{"units", 10}{"lift", 12}{"shrunken", 12}  interval of the shrunken lift");
        foreach (var one in segments)
            Print(
                $"{one.Segment, -28}{one.Arm, -20}{one.Units, 10}{one.Lift, 12:G4}{one.ShrunkenLift, 12:G4}  {one.ShrunkenInterval[0]:G4} to {one.ShrunkenInterval[1]:G4}"
            );

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteArms(TextWriter output, string metric, IReadOnlyList<ArmReport> arms)
    {
        Print($"{metric, -24}{"units", 12}{"mean", 12}{"lift", 12}{"relative", 10}{"p", 11}{"chance", 9}  interval of the lift");
        foreach (var arm in arms)
            Print(
                $"{arm.Name, -24}{arm.Units, 12}{arm.Mean, 12:G5}{arm.Lift, 12:G4}{arm.RelativeLift, 10:P1}{arm.P, 11:G3}{arm.ChanceToWin, 9:P1}  {Bounds(arm.Interval)}"
            );

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        static string Bounds(double[]? interval) =>
            interval is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{interval[0]:G4} to {interval[1]:G4}");
    }
}
