using System.Globalization;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Experimentation.OffPolicy;

namespace MarketingPlatform.Cli.Evaluate.OffPolicy;

/// <summary>What the command prints.</summary>
/// <param name="TargetOnPolicy">What the target earned in its own log, where it has one: the answer to compare with.</param>
internal sealed record PolicyReport(string Log, string Target, int Contexts, int Actions, OffPolicyReport Result, double? TargetOnPolicy)
{
    public void Write(TextWriter output)
    {
        Print($"log {Log}: {Result.Decisions:N0} decisions, {Actions} actions, {Contexts} contexts");
        Print($"it earned {Text(Result.OnPolicy)} a decision");
        Print(
            $"weights: mean {Result.MeanWeight:F3} (1 is right), largest {Result.MaximumWeight:F1}; switch-dr keeps those up to {Result.SwitchWeight:F1}"
        );
        Print($"decisions of the target that the log never made: {Result.UnsupportedShare:P2}");
        Print($"{"estimator", -16}{"reward", 10}   {"95 % interval", -22}{"effective sample", 16}");
        foreach (var estimate in Result.Estimates)
            Print(
                $"{estimate.Estimator, -16}{estimate.Reward.Estimate, 10:F5}   {Bounds(estimate.Reward), -22}{estimate.EffectiveSampleSize, 16:N0}"
            );
        if (TargetOnPolicy is { } truth)
        {
            var missed = Result
                .Estimates.Where(estimate => !estimate.Reward.Contains(truth))
                .Select(estimate => estimate.Estimator)
                .ToArray();
            Print(
                $"the target's own log earned {truth:F5}: {(missed.Length == 0 ? "every interval holds it" : "not within " + string.Join(", ", missed))}"
            );
        }

        void Print(FormattableString line) => output.WriteLine(Invariant(line));
    }

    private static string Text(Interval reward) => Invariant($"{reward.Estimate:F5} {Bounds(reward)}");

    private static string Bounds(Interval reward) => Invariant($"[{reward.Lower:F5}, {reward.Upper:F5}]");

    private static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
