using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Segments;

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

/// <summary>
/// Compares the variants of a campaign (Experimentation's <see cref="MetricAnalyser"/>, confidence sequences). A variant wins where it beats every
/// other one. Of k variants each comparison is made at 2α/k: a given variant beats a given other by chance with probability α/k at most, so
/// some variant beats all others with probability α at most, at whatever moment somebody looks.
/// </summary>
internal static class CampaignAnalysis
{
    public const double Alpha = 0.05;

    /// <summary>Fewer people who did something, in the two compared, and no winner is named: the limit theorem does not hold yet.</summary>
    public const long FewestActive = 10;

    public static double AlphaOf(int arms) => 2 * Alpha / Math.Max(2, arms);

    /// <param name="keys">Arms, the control first.</param>
    /// <param name="planned">People in the test, as it was planned.</param>
    public static ExperimentReport Of(
        string metric,
        IReadOnlyList<string> keys,
        IReadOnlyList<double> weights,
        int planned,
        IEnumerable<UnitRow> units
    )
    {
        var rows = units.Where(row => row.Arm is not null && row.Stage == "test").ToArray();
        var figures = keys.Select(key => FiguresOf(key, rows.Where(row => row.Arm == key))).ToArray();
        var plan = new Comparison(keys, weights, Math.Max(planned, 2), rows);
        var all = CampaignWords.Metrics.Select(name => plan.Report(name)).ToArray();
        var guards = plan.Guardrails();
        var (alarm, ratio) = plan.SampleRatio();
        var harmful = guards.Where(guard => guard.Harms).Select(guard => guard.Arm).ToHashSet();
        var leader = plan.Leader(metric, harmful);
        var winner =
            alarm || leader is null ? null
            : plan.BeatsAll(metric, leader) ? leader
            : null;
        var main = all.First(report => report.Metric == metric);
        return new(
            metric,
            keys[0],
            winner,
            leader,
            CampaignSentence.Of(metric, main, figures, winner, leader, (arm, other) => plan.Against(metric, arm, other), guards, alarm),
            alarm,
            ratio,
            figures,
            all,
            plan.Segments(metric),
            guards
        );
    }

    private static ArmFigures FiguresOf(string key, IEnumerable<UnitRow> rows)
    {
        var list = rows.ToArray();
        return new(
            key,
            list.Sum(row => row.People),
            list.Where(row => row.Clicked).Sum(row => row.People),
            list.Where(row => row.Converted).Sum(row => row.People),
            list.Sum(row => row.Revenue * row.People),
            list.Where(row => row.Unsubscribed).Sum(row => row.People),
            list.Where(row => row.Complained).Sum(row => row.People)
        );
    }

    /// <returns>What one of the people counts for.</returns>
    public static double Value(string metric, UnitRow row) =>
        metric switch
        {
            CampaignWords.Clicks => row.Clicked ? 1 : 0,
            CampaignWords.Conversions => row.Converted ? 1 : 0,
            "unsubscribes" => row.Unsubscribed ? 1 : 0,
            "complaints" => row.Complained ? 1 : 0,
            _ => row.Revenue,
        };

    /// <summary>The arms of one test with their sums.</summary>
    private sealed class Comparison(IReadOnlyList<string> keys, IReadOnlyList<double> weights, int planned, UnitRow[] rows)
    {
        private static UnitMoments MomentsOf(string metric, IEnumerable<UnitRow> rows)
        {
            var moments = new UnitMoments();
            foreach (var row in rows)
                moments.AddAlike(row.People, Value(metric, row), row.Earlier);
            return moments;
        }

        // Whom clicks are counted of has bought before or not, but what was bought before tells of buying.
        private bool UsesCuped(string metric) =>
            metric is CampaignWords.Revenue or CampaignWords.Conversions && rows.Any(row => row.Earlier != 0);

        /// <returns>Null where nothing can be said yet, with the reason.</returns>
        private (MetricResult? Result, bool Cuped, string? Why) Analyse(
            string metric,
            IReadOnlyList<string> arms,
            string control,
            double alpha,
            IEnumerable<UnitRow>? of = null
        )
        {
            var used = of?.ToArray() ?? rows;
            var observed = arms.Select(key => new ObservedArm(key, MomentsOf(metric, used.Where(row => row.Arm == key)))).ToArray();
            var plan = new AnalysisPlan
            {
                Metric = metric,
                Control = control,
                Method = InferenceMethod.Sequential,
                Alpha = alpha,
                Tuning = planned,
                Shares = [.. arms.Select(key => weights[keys.ToList().IndexOf(key)])],
            };
            if (UsesCuped(metric))
                try
                {
                    return (MetricAnalyser.Analyse(observed, plan with { Covariate = true }), true, null);
                }
                catch (UnanalysableException)
                {
                    // What was bought before has nothing to do with it, or somebody's data are too few: without it then.
                }
            try
            {
                return (MetricAnalyser.Analyse(observed, plan), false, null);
            }
            catch (UnanalysableException e)
            {
                return (null, false, e.Message);
            }
        }

        public MetricReport Report(string metric)
        {
            var (result, cuped, why) = keys.Count < 2 ? (null, false, null) : Analyse(metric, keys, keys[0], AlphaOf(keys.Count));
            if (result is null)
                return new(
                    metric,
                    false,
                    [
                        .. keys.Select(key =>
                        {
                            var moments = MomentsOf(metric, rows.Where(row => row.Arm == key));
                            return new ArmResult(key, moments.Units, moments.Mean, null, null, null, null, null, null, null);
                        }),
                    ],
                    why is null ? [] : [why]
                );
            return new(
                metric,
                cuped,
                [
                    .. result.Arms.Select(arm => new ArmResult(
                        arm.Name,
                        arm.Units,
                        arm.Mean,
                        arm.Lift,
                        arm.Interval?.Lower,
                        arm.Interval?.Upper,
                        arm.RelativeLift,
                        arm.P,
                        arm.ChanceToWin,
                        arm.ExpectedLoss
                    )),
                ],
                result.Notes
            );
        }

        public (bool Alarm, double? P) SampleRatio()
        {
            long[] units = [.. keys.Select(key => rows.Where(row => row.Arm == key).Sum(row => row.People))];
            if (keys.Count < 2 || units.Sum() == 0)
                return (false, null);
            var p = Experimentation.Analysis.SampleRatio.SequentialP(units, weights);
            return (p < Experimentation.Analysis.SampleRatio.Alarm, p);
        }

        public string? Leader(string metric, IReadOnlySet<string> harmful)
        {
            var means = keys.Where(key => !harmful.Contains(key))
                .Select(key => (Key: key, Moments: MomentsOf(metric, rows.Where(row => row.Arm == key))))
                .Where(arm => arm.Moments.Units > 0)
                .ToArray();
            return means.Length == 0 || keys.Count < 2 ? null : means.MaxBy(arm => arm.Moments.Mean).Key;
        }

        public bool BeatsAll(string metric, string leader) =>
            keys.Where(key => key != leader).All(other => Against(metric, leader, other) is { Lower: > 0 });

        /// <summary>One arm beside another: lift and always-valid interval; null where nothing can be said yet.</summary>
        public (double Lift, double Lower, double Upper)? Against(string metric, string arm, string other)
        {
            var active = rows.Where(row => (row.Arm == arm || row.Arm == other) && Value(metric, row) != 0).Sum(row => row.People);
            if (active < FewestActive || Analyse(metric, [other, arm], other, AlphaOf(keys.Count)).Result is not { } result)
                return null;
            var found = result.Arms[1];
            return found is { Lift: { } lift, Interval: var (lower, upper) } ? (lift, lower, upper) : null;
        }

        public IReadOnlyList<GuardrailResult> Guardrails()
        {
            List<GuardrailResult> results = [];
            if (keys.Count < 2)
                return results;
            foreach (var guard in new[] { "unsubscribes", "complaints" })
            {
                var control = MomentsOf(guard, rows.Where(row => row.Arm == keys[0]));
                foreach (var key in keys.Skip(1))
                {
                    var arm = MomentsOf(guard, rows.Where(row => row.Arm == key));
                    if (control.Units == 0 || arm.Units == 0)
                        continue;
                    var worse = Against(guard, key, keys[0]) is { Lower: > 0 };
                    results.Add(new(guard, key, arm.Mean, control.Mean, worse));
                }
            }
            return results;
        }

        public IReadOnlyList<SegmentResult> Segments(string metric)
        {
            List<SegmentResult> results = [];
            foreach (var key in keys.Skip(1))
            {
                List<(string Segment, long People, Difference Difference)> found = [];
                foreach (var segment in rows.Select(row => row.Segment).Where(segment => segment.Length > 0).Distinct().Order())
                {
                    var control = MomentsOf(metric, rows.Where(row => row.Segment == segment && row.Arm == keys[0]));
                    var arm = MomentsOf(metric, rows.Where(row => row.Segment == segment && row.Arm == key));
                    if (control.Units < 2 || arm.Units < 2)
                        continue;
                    if (Difference.Of(Estimate.Of(control), Estimate.Of(arm)) is { StandardError: > 0 } difference)
                        found.Add((segment, control.Units + arm.Units, difference));
                }
                if (found.Count < 2)
                    continue;
                var shrunken = SegmentShrinkage.Of([.. found.Select(one => (one.Difference.Value, one.Difference.StandardError))]);
                results.AddRange(
                    found.Zip(
                        shrunken.Segments,
                        (one, effect) =>
                            new SegmentResult(one.Segment, key, one.People, effect.Effect, effect.Lower, effect.Upper, effect.Weight)
                    )
                );
            }
            return results;
        }
    }
}
