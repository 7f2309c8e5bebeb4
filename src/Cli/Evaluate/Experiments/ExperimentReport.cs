using System.Text.Json.Serialization;
using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>What <c>evaluate experiment</c> prints.</summary>
internal sealed record ExperimentReport(
    string Metric,
    string Control,
    InferenceMethod Method,
    IReadOnlyList<ArmReport> Arms,
    SampleRatioReport Srm,
    string Sentence,
    long Rows,
    long UnitsInSeveralArms,
    IReadOnlyList<string> Notes,
    IReadOnlyList<SegmentReport>? Segments,
    IReadOnlyList<MetricReport>? Metrics
);

/// <summary>An arm. Members about a difference are null for the control.</summary>
/// <param name="Lift">Absolute.</param>
/// <param name="Interval">Of the lift, 95 % unless told otherwise: lower and upper.</param>
/// <param name="P">p-value of no lift.</param>
/// <param name="AdjustedP">After Holm, where several arms are compared.</param>
internal sealed record ArmReport(
    string Name,
    long Units,
    double Mean,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Lift,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? RelativeLift,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double[]? Interval,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? ChanceToWin,
    double? ExpectedLoss,
    double? AdjustedP,
    double[]? RelativeInterval,
    double? UnadjustedMean
)
{
    public static ArmReport Of(ArmAnalysis arm) =>
        new(
            arm.Name,
            arm.Units,
            arm.Mean,
            arm.Lift,
            arm.RelativeLift,
            Pair(arm.Interval),
            arm.P,
            arm.ChanceToWin,
            arm.ExpectedLoss is { } loss && double.IsFinite(loss) ? loss : null,
            arm.AdjustedP,
            Pair(arm.RelativeInterval),
            arm.UnadjustedMean != arm.Mean ? arm.UnadjustedMean : null
        );

    private static double[]? Pair((double Lower, double Upper)? interval) => interval is { } bounds ? [bounds.Lower, bounds.Upper] : null;
}

/// <summary>Whether the arms are as large as they should be.</summary>
/// <param name="P">Pearson's chi-square.</param>
/// <param name="SequentialP">May be read at any time.</param>
/// <param name="Alarm">The method's own of both is below 0.001.</param>
internal sealed record SampleRatioReport(double P, double SequentialP, bool Alarm);

/// <summary>An arm's effect in a segment, alone and drawn towards what all segments say.</summary>
internal sealed record SegmentReport(
    string Segment,
    string Arm,
    long Units,
    double Lift,
    double[] Interval,
    double ShrunkenLift,
    double[] ShrunkenInterval,
    double OwnWeight
);

/// <summary>One of several metrics.</summary>
/// <param name="FalseDiscoveryP">The arms' p-values after Benjamini and Hochberg over all metrics and arms.</param>
internal sealed record MetricReport(
    string Metric,
    IReadOnlyList<ArmReport> Arms,
    IReadOnlyDictionary<string, double> FalseDiscoveryP,
    string Sentence,
    IReadOnlyList<string> Notes
);
