using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Bayesian;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>From the arms of an experiment to a result that explains itself.</summary>
public static class MetricAnalyser
{
    /// <summary>Below so many successes or failures in an arm a rate is compared by Newcombe's interval.</summary>
    private const long FewSuccesses = 10;

    /// <summary>Below so many units in an arm the asymptotic methods are said to be rough.</summary>
    private const long FewUnits = 50;

    /// <summary>Compares every arm with the control.</summary>
    /// <param name="arms">Two or more, each with a different name and two units or more.</param>
    /// <param name="plan">What to compare and how.</param>
    /// <exception cref="UnanalysableException">The data allow no statement.</exception>
    public static MetricResult Analyse(IReadOnlyList<ObservedArm> arms, AnalysisPlan plan)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(plan);
        RefuseUnanalysable(arms, plan);

        var estimates = plan.Covariate
            ? Cuped.Adjust([.. arms.Select(arm => arm.Moments)])
            : [.. arms.Select(arm => Estimate.Of(arm.Moments))];
        var control = Enumerable.Range(0, arms.Count).First(i => arms[i].Name == plan.Control);
        var others = Enumerable.Range(0, arms.Count).Where(i => i != control).ToArray();
        var results = others.Select(i => Compare(plan, arms[control], estimates[control], arms[i], estimates[i])).ToArray();
        if (results.Length > 1)
        {
            var adjusted = Multiplicity.Holm([.. results.Select(result => result.P!.Value)]);
            results = [.. results.Select((result, i) => result with { AdjustedP = adjusted[i] })];
        }

        long[] units = [.. arms.Select(arm => arm.Moments.Units)];
        var (ratio, sequentialRatio) = (SampleRatio.P(units, plan.Shares), SampleRatio.SequentialP(units, plan.Shares));
        var alarm = (plan.Method == InferenceMethod.Sequential ? sequentialRatio : ratio) < SampleRatio.Alarm;
        var baseline = new ArmAnalysis(
            arms[control].Name,
            estimates[control].Units,
            estimates[control].Mean,
            estimates[control].UnadjustedMean
        );
        var isRate = IsRate(arms);
        ArmAnalysis[] all = [baseline, .. results];
        return new MetricResult(
            plan.Metric,
            isRate,
            all,
            ratio,
            sequentialRatio,
            alarm,
            Explanation.Of(plan, isRate, all, alarm),
            Notes(arms, plan, estimates)
        );
    }

    private static ArmAnalysis Compare(AnalysisPlan plan, ObservedArm control, Estimate baseline, ObservedArm arm, Estimate estimate)
    {
        var difference =
            Difference.Of(baseline, estimate)
            ?? throw new UnanalysableException(
                $"{plan.Metric} is the same for every unit of {control.Name} and for every unit of {arm.Name}: nothing tells how much of the "
                    + "difference is chance. Wait for more data."
            );
        var relative = Difference.Of(baseline, estimate, DifferenceKind.Relative);
        var tested = Test(plan, control, arm, difference);
        var testedRelative = relative is { } share ? Test(plan, share) : (TestedDifference?)null;
        var belief = Believe(plan, control, arm, difference);
        var interval = plan.Method == InferenceMethod.Bayesian ? (belief.Lower, belief.Upper) : (tested.Lower, tested.Upper);
        return new ArmAnalysis(
            arm.Name,
            estimate.Units,
            estimate.Mean,
            estimate.UnadjustedMean,
            difference.Value,
            relative?.Value,
            interval,
            testedRelative is { } bounds ? (bounds.Lower, bounds.Upper) : null,
            tested.P,
            null,
            belief.ChanceToWin,
            belief.ExpectedLoss
        );
    }

    private static TestedDifference Test(AnalysisPlan plan, ObservedArm control, ObservedArm arm, Difference difference) =>
        plan.Method != InferenceMethod.Sequential && !plan.Covariate && IsRate([control, arm]) && (HasFew(control) || HasFew(arm))
            ? NewcombeTest.Test(Proportion(control), Proportion(arm), plan.Alpha)
            : Test(plan, difference);

    private static TestedDifference Test(AnalysisPlan plan, Difference difference) =>
        plan.Method == InferenceMethod.Sequential
            ? new ConfidenceSequence(plan.Tuning, plan.Alpha).Test(difference)
            : WelchTest.Test(difference, plan.Alpha);

    private static Belief Believe(AnalysisPlan plan, ObservedArm control, ObservedArm arm, Difference difference)
    {
        var credibility = 1 - plan.Alpha;
        if (plan.Covariate || control.Moments.IsRatio || arm.Moments.IsRatio)
            return MeanBelief.Of(difference, credibility);
        if (IsRate([control, arm]))
            return RateBelief.Of(Rate(control), Rate(arm), credibility);
        return HasHurdle(control) && HasHurdle(arm)
            ? HurdleBelief.Of(HurdleArm.Of(control.Moments), HurdleArm.Of(arm.Moments), credibility)
            : MeanBelief.Of(difference, credibility);
    }

    private static BetaArm Rate(ObservedArm arm) => new BetaArm().Observe(arm.Moments.Active, arm.Moments.Units - arm.Moments.Active);

    private static Proportion Proportion(ObservedArm arm) => new(arm.Moments.Active, arm.Moments.Units);

    private static bool IsRate(IReadOnlyList<ObservedArm> arms) => arms.All(arm => arm.Moments is { NotBinary: 0, IsRatio: false });

    private static bool HasFew(ObservedArm arm) => Math.Min(arm.Moments.Active, arm.Moments.Units - arm.Moments.Active) < FewSuccesses;

    /// <summary>Mostly nothing, sometimes something: worth two beliefs. Values below 0 do not fit.</summary>
    private static bool HasHurdle(ObservedArm arm) =>
        arm.Moments.Negative == 0 && arm.Moments.Active >= HurdleArm.FewestBuyers && arm.Moments.Active < 0.9 * arm.Moments.Units;

    private static void RefuseUnanalysable(IReadOnlyList<ObservedArm> arms, AnalysisPlan plan)
    {
        if (arms.Count < 2)
            throw new UnanalysableException(
                arms.Count == 0 ? "There are no units." : $"There is one arm, {arms[0].Name}: a comparison needs at least two."
            );
        if (arms.All(arm => arm.Name != plan.Control))
            throw new UnanalysableException(
                $"No arm is called {plan.Control}; the arms are: {string.Join(", ", arms.Select(arm => arm.Name))}."
            );
        if (arms.FirstOrDefault(arm => arm.Moments.Units < 2) is { } lonely)
            throw new UnanalysableException(
                $"The arm {lonely.Name} has {lonely.Moments.Units} unit{(lonely.Moments.Units == 1 ? "" : "s")}: at least 2 are needed to tell how much units differ by chance."
            );
        if (arms.All(arm => arm.Moments.Active == 0))
            throw new UnanalysableException($"{plan.Metric} is 0 for every unit: there is nothing to compare yet.");
        if (arms.FirstOrDefault(arm => arm.Moments.DenominatorMean == 0) is { } empty)
            throw new UnanalysableException($"The denominator is 0 for every unit of {empty.Name}: a ratio cannot be formed.");
        if (plan.Covariate && Cuped.Theta(arms.Select(arm => arm.Moments)) == 0)
            throw new UnanalysableException(
                "The covariate is the same for every unit, or has nothing to do with the metric: leave it out."
            );
    }

    private static List<string> Notes(IReadOnlyList<ObservedArm> arms, AnalysisPlan plan, IReadOnlyList<Estimate> estimates)
    {
        var notes = new List<string>();
        if (arms.Sum(arm => arm.Moments.Negative) is > 0 and var negative)
            notes.Add($"{negative} unit{(negative == 1 ? " has a value" : "s have values")} below 0 (refunds?); they count as they are.");
        if (!IsRate(arms) && arms.Where(arm => arm.Moments.Units < FewUnits).Select(arm => arm.Name).ToArray() is [_, ..] small)
            notes.Add(
                $"Fewer than {FewUnits} units in {string.Join(", ", small)}: intervals of a mean are rough there, the more so the more skewed it is."
            );
        if (plan.Method == InferenceMethod.Sequential && arms.Any(arm => Math.Min(arm.Moments.Active, arm.Moments.Units) < FewSuccesses))
            notes.Add($"Fewer than {FewSuccesses} units with a value in an arm: a confidence sequence is not reliable yet.");
        if (plan.Method != InferenceMethod.Sequential && !plan.Covariate && IsRate(arms) && arms.Any(HasFew))
            notes.Add("Few successes or failures: compared by Newcombe's interval instead of Welch's test.");
        if (plan.Covariate)
        {
            var (before, after) = (estimates.Sum(one => one.UnadjustedVariance), estimates.Sum(one => one.Variance));
            notes.Add(
                FormattableString.Invariant($"The covariate took out {1 - after / before:P1} of the variance; means are adjusted for it.")
            );
        }
        return notes;
    }
}
