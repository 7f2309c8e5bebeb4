using System.Globalization;

namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>A result in a sentence for somebody who owns a shop and never heard of p-values.</summary>
internal static class Explanation
{
    public static string Of(AnalysisPlan plan, bool isRate, IReadOnlyList<ArmAnalysis> arms, bool alarm)
    {
        var control = arms[0];
        var said = arms.Skip(1)
            .OrderByDescending(arm => arm.Lift)
            .Select(arm => Sentence(plan, isRate, control, arm, arms.Count > 2))
            .ToArray();
        var joined = string.Join("; ", said);
        var begins = joined.StartsWith("no difference", StringComparison.Ordinal) ? $"N{joined[1..]}" : joined;
        var sentence = begins + (plan.Method == InferenceMethod.Sequential ? "; you may look again whenever you like." : ".");
        return alarm
            ? "Do not trust this yet: the arms are not as large as they should be, so something is wrong with who was put where or who was "
                + $"counted. What the numbers would say: {sentence}"
            : sentence;
    }

    private static string Sentence(AnalysisPlan plan, bool isRate, ArmAnalysis control, ArmAnalysis arm, bool several)
    {
        var (lower, upper) = arm.Interval!.Value;
        var sure = plan.Method == InferenceMethod.Bayesian ? lower > 0 || upper < 0 : (several ? arm.AdjustedP : arm.P) < plan.Alpha;
        var confidence = Percent(1 - plan.Alpha);
        var means = $"{Value(control.Mean, isRate)} to {Value(arm.Mean, isRate)}";
        var range = $"{Step(lower, isRate)} and {Step(upper, isRate)}{(isRate ? " percentage points" : "")}";
        if (plan.Method == InferenceMethod.Bayesian)
        {
            var loss = $"if you choose it and it is not, you lose {Loss(arm.ExpectedLoss!.Value, isRate)} on average";
            return $"{arm.Name} is better than {control.Name} in {plan.Metric} with a probability of {Probability(arm.ChanceToWin!.Value)} "
                + $"({means}, a change between {range} with {confidence} probability); {loss}";
        }
        if (!sure && (lower > 0 || upper < 0))
        {
            return $"{arm.Name} may have changed {plan.Metric} ({means}), but with several arms compared at once this may still be chance";
        }
        if (!sure)
        {
            return $"no difference in {plan.Metric} between {arm.Name} and {control.Name} is shown yet "
                + $"({Value(arm.Mean, isRate)} against {Value(control.Mean, isRate)}; the true change may lie anywhere between {range})";
        }
        var relative = arm.RelativeLift is { } share ? $", {Signed(share)}" : "";
        return $"{arm.Name} {(arm.Lift > 0 ? "raised" : "lowered")} {plan.Metric} from {means}{relative}; the true change lies between {range} "
            + $"({confidence} confidence), and chance alone does as much in {Seldom((several ? arm.AdjustedP : arm.P)!.Value)}";
    }

    private static string Value(double value, bool isRate) => isRate ? Percent(value) : Number(value);

    private static string Step(double value, bool isRate) =>
        (
            value > 0 ? "+"
            : value < 0 ? "−"
            : ""
        ) + Number(Math.Abs(isRate ? 100 * value : value));

    private static string Loss(double value, bool isRate) =>
        isRate ? $"{Number(100 * value)} percentage points" : $"{Number(value)} a unit";

    private static string Signed(double share) => (share < 0 ? "−" : "+") + Percent(Math.Abs(share));

    private static string Percent(double share) => $"{Number(100 * share)} %";

    private static string Probability(double chance) =>
        chance > 0.999 ? "more than 99.9 %"
        : chance < 0.001 ? "less than 0.1 %"
        : Percent(chance);

    private static string Seldom(double p) =>
        p < 0.001
            ? "fewer than 1 of 1,000 experiments"
            : string.Create(CultureInfo.InvariantCulture, $"about {1000 * p:N0} of 1,000 experiments");

    /// <summary>Three digits that matter, and no exponent.</summary>
    private static string Number(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        var size = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        var decimals = Math.Clamp(2 - size, 0, 15);
        return Math.Round(value, decimals).ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
