namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>An arm as it was seen.</summary>
internal sealed record ArmFigures(
    string Arm,
    long People,
    long Clicks,
    long Conversions,
    double Revenue,
    long Unsubscribed,
    long Complaints
);

/// <summary>An arm beside the control, or beside the leader's rivals; interval and p-value hold however often somebody looks.</summary>
/// <param name="Lift">Mean minus the control's; null for the control.</param>
/// <param name="ChanceToWin">That its true mean is above the control's.</param>
internal sealed record ArmResult(
    string Arm,
    long People,
    double Mean,
    double? Lift,
    double? Lower,
    double? Upper,
    double? RelativeLift,
    double? P,
    double? ChanceToWin,
    double? ExpectedLoss
);

/// <param name="Metric">clicks, conversions or revenue, a recipient.</param>
/// <param name="Cuped">Whether what people bought before was used to take out noise.</param>
internal sealed record MetricReport(string Metric, bool Cuped, IReadOnlyList<ArmResult> Arms, IReadOnlyList<string> Notes);

/// <summary>The effect in a segment, pulled towards that of all as far as chance alone would explain the difference.</summary>
/// <param name="Weight">How much the segment's own figures count; 0 to 1.</param>
internal sealed record SegmentResult(string Segment, string Arm, long People, double Lift, double Lower, double Upper, double Weight);

/// <param name="Harms">Whether the arm is clearly worse than the control.</param>
internal sealed record GuardrailResult(string Guardrail, string Arm, double Rate, double ControlRate, bool Harms);

/// <param name="Winner">Null where none is clearly better.</param>
/// <param name="Leader">The arm with the highest mean of those that do no harm.</param>
/// <param name="Sentence">The answer.</param>
/// <param name="Plain">Only where shares followed the results (thompson): means and intervals as if they had not, which lean.</param>
internal sealed record ExperimentReport(
    string Metric,
    string Control,
    string? Winner,
    string? Leader,
    string Sentence,
    bool SampleRatioAlarm,
    double? SampleRatioP,
    IReadOnlyList<ArmFigures> Arms,
    IReadOnlyList<MetricReport> Metrics,
    IReadOnlyList<SegmentResult> Segments,
    IReadOnlyList<GuardrailResult> Guardrails,
    IReadOnlyList<MetricReport>? Plain = null
);
