using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.OffPolicy;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>
/// Compares the variants of a campaign whose shares followed what they had earned: each person counts by the chance with which they got
/// their variant (<see cref="AdaptiveComparison"/>). Plain means would lean towards each variant's early luck; they stand beside
/// (<see cref="ExperimentReport.Plain"/>). What people bought in the time before takes noise out of conversions and revenue. A variant wins as in <see cref="CampaignAnalysis"/>.
/// </summary>
internal static class ThompsonAnalysis
{
    private const string Note =
        "Each batch was divided by what the variants had earned, so every person counts by the chance with which they got theirs.";

    /// <inheritdoc cref="CampaignAnalysis.Of"/>
    public static ExperimentReport Of(string metric, IReadOnlyList<string> keys, int planned, IEnumerable<UnitRow> units)
    {
        UnitRow[] rows = [.. units.Where(row => row is { Arm: not null, Stage: "test", Propensity: not null })];
        var plain = CampaignAnalysis.Of(metric, keys, [.. keys.Select(_ => 1.0)], planned, rows);
        var dealt = new Dealt(keys, Math.Max(planned, 2), rows);
        MetricReport[] metrics = [.. CampaignWords.Metrics.Select(dealt.Report)];
        GuardrailResult[] guards =
        [
            .. plain.Guardrails.Select(guard =>
                guard with
                {
                    Harms = dealt.Against(guard.Guardrail, guard.Arm, keys[0]) is { Lower: > 0 },
                }
            ),
        ];
        var harmful = guards.Where(guard => guard.Harms).Select(guard => guard.Arm).ToHashSet();
        var main = metrics.First(report => report.Metric == metric);
        var leader = main.Arms.Where(arm => arm.People > 0 && !harmful.Contains(arm.Arm)).MaxBy(arm => arm.Mean)?.Arm;
        var (alarm, ratio) = dealt.SampleRatio();
        var winner =
            !alarm
            && leader is not null
            && keys.Where(key => key != leader).All(other => dealt.Against(metric, leader, other) is { Lower: > 0 })
                ? leader
                : null;
        return plain with
        {
            Winner = winner,
            Leader = leader,
            Sentence = CampaignSentence.Of(
                metric,
                main,
                plain.Arms,
                winner,
                leader,
                (arm, other) => dealt.Against(metric, arm, other),
                guards,
                alarm
            ),
            SampleRatioAlarm = alarm,
            SampleRatioP = ratio,
            Metrics = metrics,
            Segments = dealt.Segments(metric),
            Guardrails = guards,
            Plain = plain.Metrics,
        };
    }

    private const string CupedNote =
        "What people had bought before is taken out of all batches but the first, by what the batches before each showed.";

    private sealed class Dealt(IReadOnlyList<string> keys, int planned, UnitRow[] rows)
    {
        private readonly List<string> arms = [.. keys];

        // What was bought before tells of buying, not of clicks.
        private bool UsesCuped(string metric) =>
            metric is CampaignWords.Revenue or CampaignWords.Conversions
            && rows.Any(row => row.Earlier != 0)
            && rows.Select(row => row.Batch).Distinct().Count() > 1;

        private AdaptiveComparison Comparison(string metric, IEnumerable<UnitRow> of)
        {
            var cuped = UsesCuped(metric);
            return new(
                of.Select(row => new DealtUnits(
                    row.Batch,
                    arms.IndexOf(row.Arm!),
                    CampaignAnalysis.Value(metric, row),
                    row.Propensity!.Value,
                    row.People,
                    cuped ? row.Earlier : 0
                )),
                arms.Count,
                planned
            );
        }

        public MetricReport Report(string metric)
        {
            var comparison = Comparison(metric, rows);
            var control = comparison.Mean(0)?.Value ?? 0;
            return new(
                metric,
                arms.Count > 1 && UsesCuped(metric),
                [
                    .. arms.Select(
                        (key, action) =>
                        {
                            var people = rows.Where(row => row.Arm == key).Sum(row => row.People);
                            var mean = comparison.Mean(action)?.Value ?? 0;
                            if (action == 0 || comparison.Between(action, 0) is not { } between)
                                return new ArmResult(key, people, mean, null, null, null, null, null, null, null);
                            var test = comparison.Test(action, 0, CampaignAnalysis.AlphaOf(arms.Count))!.Value;
                            return new ArmResult(
                                key,
                                people,
                                mean,
                                test.Value,
                                test.Lower,
                                test.Upper,
                                control == 0 ? null : test.Value / Math.Abs(control),
                                test.P,
                                NormalDistribution.Cumulative(between.Value / between.StandardError),
                                null
                            );
                        }
                    ),
                ],
                arms.Count < 2 ? []
                    : UsesCuped(metric) ? [Note, CupedNote]
                    : [Note]
            );
        }

        public (double Lift, double Lower, double Upper)? Against(string metric, string arm, string other)
        {
            var active = rows.Where(row => (row.Arm == arm || row.Arm == other) && CampaignAnalysis.Value(metric, row) != 0)
                .Sum(row => row.People);
            return
                active >= CampaignAnalysis.FewestActive
                && Comparison(metric, rows).Test(arms.IndexOf(arm), arms.IndexOf(other), CampaignAnalysis.AlphaOf(arms.Count)) is { } test
                ? (test.Value, test.Lower, test.Upper)
                : null;
        }

        /// <summary>The least p-value of the batches, each beside the shares it was to have, times their number (Bonferroni).</summary>
        public (bool Alarm, double? P) SampleRatio()
        {
            List<double> ps = [];
            foreach (var batch in rows.GroupBy(row => row.Batch))
            {
                var shares = arms.Select(key => batch.FirstOrDefault(row => row.Arm == key)?.Propensity).ToArray();
                // A variant that nobody got: what is left of the whole was to be its share.
                if (arms.Count < 2 || shares.Count(share => share is null) > 1)
                    continue;
                var left = Math.Max(1e-9, 1 - shares.Sum(share => share ?? 0));
                ps.Add(
                    Experimentation.Analysis.SampleRatio.SequentialP(
                        [.. arms.Select(key => batch.Where(row => row.Arm == key).Sum(row => row.People))],
                        [.. shares.Select(share => share ?? left)]
                    )
                );
            }
            if (ps.Count == 0)
                return (false, null);
            var p = Math.Min(1, ps.Count * ps.Min());
            return (p < Experimentation.Analysis.SampleRatio.Alarm, p);
        }

        public IReadOnlyList<SegmentResult> Segments(string metric)
        {
            List<SegmentResult> results = [];
            var segments = rows.Where(row => row.Segment.Length > 0).GroupBy(row => row.Segment).OrderBy(group => group.Key).ToArray();
            foreach (var key in arms.Skip(1))
            {
                List<(string Segment, long People, Difference Difference)> found = [];
                foreach (var segment in segments)
                {
                    var both = segment.Where(row => row.Arm == key || row.Arm == arms[0]).ToArray();
                    if (
                        both.Select(row => row.Arm).Distinct().Count() == 2
                        && Comparison(metric, segment).Between(arms.IndexOf(key), 0) is { } difference
                    )
                        found.Add((segment.Key, both.Sum(row => row.People), difference));
                }
                results.AddRange(SegmentEffects.Of(key, found));
            }
            return results;
        }
    }
}
