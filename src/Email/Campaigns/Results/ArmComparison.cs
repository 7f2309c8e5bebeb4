using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>The arms of one test with their sums.</summary>
internal sealed class ArmComparison(IReadOnlyList<string> keys, IReadOnlyList<double> weights, int planned, UnitRow[] rows)
{
    private static UnitMoments MomentsOf(string metric, IEnumerable<UnitRow> rows)
    {
        var moments = new UnitMoments();
        foreach (var row in rows)
            moments.AddAlike(row.People, CampaignAnalysis.Value(metric, row), row.Earlier);
        return moments;
    }

    // Whom clicks are counted of has bought before or not, but what was bought before tells of buying.
    private bool UsesCuped(string metric) =>
        metric is CampaignWords.Revenue or CampaignWords.Conversions && rows.Any(row => row.Earlier != 0);

    /// <returns>Null where nothing can be said yet, with the reason.</returns>
    private (MetricResult? Result, bool Cuped, string? Why) Analyse(string metric, IReadOnlyList<string> arms, string control, double alpha)
    {
        var observed = arms.Select(key => new ObservedArm(key, MomentsOf(metric, rows.Where(row => row.Arm == key)))).ToArray();
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
        var (result, cuped, why) =
            keys.Count < 2 ? (null, false, null) : Analyse(metric, keys, keys[0], CampaignAnalysis.AlphaOf(keys.Count));
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
        var active = rows.Where(row => (row.Arm == arm || row.Arm == other) && CampaignAnalysis.Value(metric, row) != 0)
            .Sum(row => row.People);
        if (
            active < CampaignAnalysis.FewestActive
            || Analyse(metric, [other, arm], other, CampaignAnalysis.AlphaOf(keys.Count)).Result is not { } result
        )
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
            results.AddRange(SegmentEffects.Of(key, found));
        }
        return results;
    }
}
