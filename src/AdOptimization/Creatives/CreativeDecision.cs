using System.Globalization;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Experimentation.Segments;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>Decides which creative is shown how often in each segment, and which is shown no more.</summary>
/// <remarks>
/// <para>Split (A/B/n): even shares. A creative is paused when a confidence sequence, which stays right however often one looks, has it
/// below another, at 5 % over all pairs of its segment.</para>
/// <para>Thompson: what a creative does in a segment, by what the segment does, is drawn towards what it does in the others, by as much as
/// they differ (<see cref="SegmentShrinkage"/> of log ratios); shares are the probabilities of being the best
/// (<see cref="ThompsonSampling"/>; by worth of a conversion <see cref="PaidThompson"/>). One whose probability falls below
/// <see cref="PauseBelow"/> is paused: under the prior, the probability that the best ever falls there is about as small, looked at as often as
/// one likes (Ville's inequality).</para>
/// <para>Nothing is paused before the better one's rate would have given it <see cref="LeastExpected"/> successes; the last is never paused. Who is
/// paused stays so until somebody resumes it; from the next day on evidence counts anew.</para>
/// </remarks>
internal static class CreativeDecision
{
    public const double PauseBelow = 0.005;
    public const double LeastExpected = 10;
    private const double Alpha = 0.05;

    /// <summary>Showings of two creatives together at which the sequence is tightest.</summary>
    private const long Tuning = 100_000;

    /// <summary>How many conversions the common worth of one weighs.</summary>
    private const double PriorValued = 5;

    private const int Rounds = 20_000;

    /// <param name="previous">How it stood; empty at first.</param>
    /// <param name="today">Days count by their age before it.</param>
    public static IReadOnlyList<CreativeArm> Decide(
        CreativeTest test,
        IReadOnlyList<CreativeDay> days,
        IReadOnlyList<CreativeArm> previous,
        DateOnly today
    )
    {
        var before = previous.ToDictionary(a => (a.Segment ?? "", a.Creative));
        var fresh = days.Where(d => before.GetValueOrDefault((d.Segment, d.Creative))?.Since is not { } since || d.Date >= since).ToArray();
        string[] segments =
        [
            .. fresh.Select(d => d.Segment).Concat(previous.Select(a => a.Segment ?? "")).Distinct().Order(StringComparer.Ordinal),
        ];
        if (segments.Length == 0)
            return [];
        var evidence = segments.ToDictionary(
            s => s,
            s => CreativeEvidence.Of([.. fresh.Where(d => d.Segment == s).Select(d => Counted(test, d, today))])
        );
        var beliefs = test.Method == CreativeMethods.Thompson ? Beliefs(test, segments, evidence) : null;
        var worths = Worths(test, fresh);
        return [.. segments.SelectMany(segment => InSegment(test, segment, fresh, before, evidence[segment], beliefs, worths))];
    }

    private static IEnumerable<CreativeArm> InSegment(
        CreativeTest test,
        string segment,
        CreativeDay[] days,
        Dictionary<(string, string), CreativeArm> before,
        IReadOnlyDictionary<string, Evidence> evidence,
        Dictionary<(string, string), BetaArm>? beliefs,
        double[] worths
    )
    {
        var status = test.Creatives.Select(c => before.GetValueOrDefault((segment, c))).ToArray();
        var active = Enumerable.Range(0, test.Creatives.Length).Where(i => status[i]?.Status != CreativeArm.Paused).ToList();
        var found = test.Creatives.Select(c => evidence.GetValueOrDefault(c)).ToArray();
        var reasons = new Dictionary<int, string>();
        double[] best;
        while (true)
        {
            best = beliefs is null
                ? Best([.. active.Select(i => Own(found[i]))], null, test.Seed)
                : Best(
                    [.. active.Select(i => beliefs[(segment, test.Creatives[i])])],
                    test.Metric == CreativeMetrics.Value ? [.. active.Select(i => worths[i])] : null,
                    test.Seed
                );
            var leader = active[Array.IndexOf(best, best.Max())];
            var loser = active
                .Select((arm, place) => (arm, place))
                .Where(a => a.arm != leader && found[a.arm].Trials * found[leader].Rate >= LeastExpected)
                .Where(a => beliefs is null ? IsBelow(found, a.arm, active) : best[a.place] < PauseBelow)
                .OrderBy(a => best[a.place])
                .Select(a => ((int Arm, int Place)?)a)
                .FirstOrDefault();
            if (active.Count < 2 || loser is not { } lost)
                break;
            reasons[lost.Arm] = Reason(test, found, lost.Arm, leader, worths, best[lost.Place]);
            active.Remove(lost.Arm);
        }
        var shares = beliefs is null
            ? [.. active.Select(_ => 1.0 / active.Count)]
            : new Allocation(best).WithMinimum(Math.Min(test.MinimumShare, 1.0 / active.Count)).Shares;
        for (var i = 0; i < test.Creatives.Length; i++)
        {
            var (creative, place) = (test.Creatives[i], active.IndexOf(i));
            CreativeDay[] own = [.. days.Where(d => d.Segment == segment && d.Creative == creative)];
            var interval = Interval(beliefs is null ? Own(found[i]) : beliefs[(segment, creative)]);
            yield return new(
                segment.Length == 0 ? null : segment,
                creative,
                own.Sum(d => d.Impressions),
                own.Sum(d => d.Clicks),
                own.Sum(d => d.Conversions),
                own.Sum(d => d.Spend),
                own.Any(d => d.Value is not null) ? own.Sum(d => d.Value) : null,
                found[i].Trials > 0 ? interval.Estimate : null,
                found[i].Trials > 0 ? interval.Lower : null,
                found[i].Trials > 0 ? interval.Upper : null,
                place < 0 ? 0 : best[place],
                place < 0 ? 0 : shares[place],
                place < 0 ? CreativeArm.Paused : CreativeArm.Active,
                reasons.GetValueOrDefault(i) ?? status[i]?.Reason,
                status[i]?.Since,
                FatigueRule.Of(own, d => test.Metric == CreativeMetrics.Clicks ? d.Clicks : d.Conversions)
            );
        }
    }

    private static CreativeEvidence.Count Counted(CreativeTest test, CreativeDay day, DateOnly today) =>
        new(
            day.Creative,
            day.Date,
            day.Impressions,
            test.Metric == CreativeMetrics.Clicks ? day.Clicks : day.Conversions,
            test.Method == CreativeMethods.Split
                ? 1
                : Memory.Keep(TimeSpan.FromDays(Math.Max(0, today.DayNumber - day.Date.DayNumber)), TimeSpan.FromDays(test.HalfLifeDays))
        );

    private static BetaArm Own(Evidence evidence) => new(evidence.Successes + 0.5, Math.Max(0, evidence.Trials - evidence.Successes) + 0.5);

    /// <summary>What a creative does by what its segment does has a logarithm that is nearly normal; a Beta of that mean and spread is the arm.</summary>
    private static Dictionary<(string, string), BetaArm> Beliefs(
        CreativeTest test,
        string[] segments,
        Dictionary<string, IReadOnlyDictionary<string, Evidence>> evidence
    )
    {
        var beliefs = new Dictionary<(string, string), BetaArm>();
        var common = segments.ToDictionary(
            s => s,
            s => Own(new(evidence[s].Values.Sum(e => e.Trials), evidence[s].Values.Sum(e => e.Successes))).Mean
        );
        foreach (var creative in test.Creatives)
        {
            var own = segments.Select(s => (Segment: s, Found: evidence[s].GetValueOrDefault(creative))).ToArray();
            var shrunken = SegmentShrinkage.Of([
                .. own.Select(o =>
                    (
                        // Half a success that is as frequent as all are in the segment: nothing seen is nothing known.
                        Math.Log((o.Found.Successes + 0.5) / (o.Found.Trials * common[o.Segment] + 0.5)),
                        Math.Sqrt(1 / (o.Found.Successes + 0.5))
                    )
                ),
            ]);
            foreach (var ((segment, _), effect) in own.Zip(shrunken.Segments))
            {
                var spread = (effect.Upper - effect.Lower) / (2 * NormalDistribution.TwoSidedCriticalValue(0.95));
                var rate = Math.Min(0.999, common[segment] * Math.Exp(effect.Effect));
                var alpha = Math.Max(0.5, 1 / (spread * spread));
                beliefs[(segment, creative)] = new BetaArm(alpha, alpha * (1 - rate) / rate);
            }
        }
        return beliefs;
    }

    private static double[] Best(BetaArm[] arms, double[]? worths, int seed) =>
        worths is null
            ? Scaled([.. new ThompsonSampling(arms).Arms.Select((_, i) => new ThompsonSampling(arms).Propensity(i))])
            : [.. PaidThompson.CountWins(arms, worths, Rounds, new Random(seed)).Select(w => (double)w / Rounds)];

    private static double[] Scaled(double[] parts) => parts.Sum() is > 0 and var sum ? [.. parts.Select(p => p / sum)] : parts;

    private static bool IsBelow(Evidence[] found, int arm, List<int> active)
    {
        var sequence = new ConfidenceSequence(Tuning, Alpha / (active.Count * (active.Count - 1) / 2.0));
        return active.Any(other =>
            other != arm && Difference.Of(Rate(found[other]), Rate(found[arm])) is { } difference && sequence.Test(difference).Upper < 0
        );

        static Estimate Rate(Evidence evidence) =>
            Estimate.Of(new Proportion((long)evidence.Successes, Math.Max(1, Math.Max((long)evidence.Successes, (long)evidence.Trials))));
    }

    private static double[] Worths(CreativeTest test, CreativeDay[] days)
    {
        var valued = days.Where(d => d.Value is not null).ToArray();
        var (value, conversions) = (valued.Sum(d => (double)d.Value!.Value), valued.Sum(d => (double)d.Conversions));
        if (value <= 0 || conversions <= 0)
            return [.. test.Creatives.Select(_ => 1.0)];
        return
        [
            .. test.Creatives.Select(c =>
                (valued.Where(d => d.Creative == c).Sum(d => (double)d.Value!.Value) + PriorValued * value / conversions)
                / (valued.Where(d => d.Creative == c).Sum(d => d.Conversions) + PriorValued)
            ),
        ];
    }

    private static Interval Interval(BetaArm arm)
    {
        var half = NormalDistribution.TwoSidedCriticalValue(0.9) * Math.Sqrt(1 / arm.Alpha + 1 / arm.Beta);
        var logit = Math.Log(arm.Alpha / arm.Beta);
        return new(arm.Mean, 1 / (1 + Math.Exp(half - logit)), 1 / (1 + Math.Exp(-half - logit)));
    }

    private static string Reason(CreativeTest test, Evidence[] found, int arm, int leader, double[] worths, double best)
    {
        var what = test.Metric == CreativeMetrics.Clicks ? "clicks" : "conversions";
        var worth =
            test.Metric == CreativeMetrics.Value
                ? $", a conversion worth {worths[arm].ToString("0.00", CultureInfo.InvariantCulture)} against {worths[leader].ToString("0.00", CultureInfo.InvariantCulture)}"
                : "";
        var proof =
            test.Method == CreativeMethods.Split
                ? "a difference that is not chance at 5 %, however often one looks"
                : $"it is the best with a probability of {Percent(best)}";
        return $"{Percent(found[arm].Rate)} {what} by showing against {Percent(found[leader].Rate)} of '{test.Creatives[leader]}'{worth}: {proof}.";
    }

    private static string Percent(double share) => (share * 100).ToString("0.0##", CultureInfo.InvariantCulture) + " %";
}
