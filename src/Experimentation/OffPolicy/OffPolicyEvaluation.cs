using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>One estimator's answer.</summary>
/// <param name="Estimator">ips, snips, direct, doubly-robust or switch-dr.</param>
/// <param name="Reward">Mean reward a decision of the target policy, with its interval.</param>
/// <param name="EffectiveSampleSize">How many decisions of the target itself would tell as much: (Σ w)² / Σ w² of the weights used; all
/// decisions for the direct method, which uses none.</param>
public sealed record PolicyEstimate(string Estimator, Interval Reward, double EffectiveSampleSize);

/// <summary>What a log says about a policy that did not write it.</summary>
/// <param name="Decisions">Size of the log.</param>
/// <param name="OnPolicy">Mean reward of the policy that wrote the log, with its interval.</param>
/// <param name="MeanWeight">Near 1 where propensities and support are right.</param>
/// <param name="MaximumWeight">The largest weight of a single decision.</param>
/// <param name="UnsupportedShare">Share of the target's decisions that the log never made in their context.</param>
/// <param name="SwitchWeight">Weights above this one were left to the reward model by switch-dr.</param>
public sealed record OffPolicyReport(
    int Decisions,
    Interval OnPolicy,
    double MeanWeight,
    double MaximumWeight,
    double UnsupportedShare,
    double SwitchWeight,
    IReadOnlyList<PolicyEstimate> Estimates
);

/// <summary>Estimates what a policy would have earned, from decisions that another one made and whose propensities were stored.</summary>
/// <remarks>
/// IPS: D. G. Horvitz and D. J. Thompson, JASA 47 (1952) 663–685. SNIPS: A. Swaminathan and T. Joachims, NIPS 2015. Direct: the reward
/// model alone. Doubly robust: M. Dudík, J. Langford and L. Li, ICML 2011. Switch-DR: Y.-X. Wang, A. Agarwal and M. Dudík, ICML 2017.
/// Reward models are cross-fitted. Intervals are those of each estimator's influence function, corrected for skewness (<see
/// cref="SkewedMeanInterval"/>); for the direct method a delete-a-group jackknife. Direct and switch-dr leave out a part of the doubly
/// robust correction and can be biased by it: their intervals are widened by the largest value of that part that the log makes plausible.
/// </remarks>
public static class OffPolicyEvaluation
{
    private const int Folds = 20;

    /// <summary>Of the interval of the mean weight that has to hold 1: chance refuses one of 10,000 logs.</summary>
    private const double WeightConfidence = 0.9999;

    /// <param name="log">Decisions with true propensities; 100 or more.</param>
    /// <param name="target">Knows every context and action of the log.</param>
    /// <param name="confidence">Of the intervals, strictly between 0 and 1.</param>
    /// <param name="mostUnsupported">Share of the target's decisions that the log may lack; above it the answer is refused.</param>
    /// <exception cref="OffPolicyRefusalException">Propensities are missing or wrong, or the log does not support the target.</exception>
    public static OffPolicyReport Evaluate(
        IReadOnlyList<LoggedDecision> log,
        TargetPolicy target,
        double confidence = 0.95,
        double mostUnsupported = 0.01
    )
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(target);
        var z = NormalDistribution.TwoSidedCriticalValue(confidence);
        Support.ThrowIfUnusable(log, target);
        var unsupported = Support.MissingShare(log, target);
        if (unsupported > mostUnsupported)
            throw new OffPolicyRefusalException(
                FormattableString.Invariant($"The log does not support this policy: {unsupported:P1} of its decisions are actions ")
                    + FormattableString.Invariant($"that the log never took in their context ({mostUnsupported:P1} is tolerated). ")
                    + "Log with a minimum share of every action, or ask about a policy that keeps to the logged ones."
            );

        var weights = log.Select(decision => target[decision.Context, decision.Action] / decision.Propensity).ToArray();
        var meanWeight = SkewedMeanInterval.Of(weights, WeightConfidence);
        if (!meanWeight.Contains(1) && Math.Abs(meanWeight.Estimate - 1) > 1e-6)
            throw new OffPolicyRefusalException(
                FormattableString.Invariant($"The propensities do not belong to this log: weights average {meanWeight.Estimate:F3} ")
                    + FormattableString.Invariant(
                        $"[{meanWeight.Lower:F3}, {meanWeight.Upper:F3}], and have to average 1. Either they are "
                    )
                    + "not the probabilities with which the actions were chosen, or the target's actions could not all be chosen."
            );

        var fit = new CrossFit(log, target, Math.Min(Folds, log.Count));
        var modelled = log.Select((decision, i) => fit.OfTarget(i, decision.Context)).ToArray();
        var residuals = log.Select((decision, i) => weights[i] * (decision.Reward - fit.OfAction(i, decision))).ToArray();
        var limit = SwitchDr.Limit(weights, modelled, residuals, z);
        var kept = weights.Select(weight => weight <= limit ? weight : 0).ToArray();
        var (all, some) = (EffectiveSize(weights), EffectiveSize(kept));
        return new OffPolicyReport(
            log.Count,
            Of([.. log.Select(decision => decision.Reward)]),
            meanWeight.Estimate,
            weights.Max(),
            unsupported,
            limit,
            [
                new("ips", Of([.. log.Select((decision, i) => weights[i] * decision.Reward)]), all),
                new("snips", Of(SelfNormalised(log, weights)), all),
                new("direct", Widened(Direct(fit, target, z), SwitchDr.MostBias(weights, residuals, limit: 0, z)), log.Count),
                new("doubly-robust", Of([.. modelled.Zip(residuals, (model, rest) => model + rest)]), all),
                new(
                    "switch-dr",
                    Widened(Of(SwitchDr.Terms(weights, modelled, residuals, limit)), SwitchDr.MostBias(weights, residuals, limit, z)),
                    some
                ),
            ]
        );

        Interval Of(double[] terms) => SkewedMeanInterval.Of(terms, confidence);
    }

    /// <summary>A mean with its standard error.</summary>
    internal static (double Value, double Error) Mean(double[] terms)
    {
        var mean = terms.Average();
        var scatter = terms.Sum(term => (term - mean) * (term - mean));
        return (mean, Math.Sqrt(scatter / (terms.Length - 1.0) / terms.Length));
    }

    /// <summary>The estimate and its influence function: terms whose mean is the one and whose spread is that of the other.</summary>
    private static double[] SelfNormalised(IReadOnlyList<LoggedDecision> log, double[] weights)
    {
        var mean = weights.Average();
        var value = log.Select((decision, i) => weights[i] * decision.Reward).Average() / mean;
        return [.. log.Select((decision, i) => value + weights[i] * (decision.Reward - value) / mean)];
    }

    private static Interval Widened(Interval interval, double bias) =>
        new(
            interval.Estimate,
            interval.Estimate - Math.Sqrt(Math.Pow(interval.Estimate - interval.Lower, 2) + bias * bias),
            interval.Estimate + Math.Sqrt(Math.Pow(interval.Upper - interval.Estimate, 2) + bias * bias)
        );

    /// <summary>The model's reward over the contexts of the log; error by leaving out one fold after the other, contexts and
    /// model.</summary>
    private static Interval Direct(CrossFit fit, TargetPolicy target, double z)
    {
        var contexts = new double[target.Contexts];
        foreach (var counts in fit.ContextCounts)
            for (var context = 0; context < contexts.Length; context++)
                contexts[context] += counts[context];
        var whole = contexts.Select((count, context) => count * fit.Whole.Of(target, context)).Sum() / contexts.Sum();
        var left = new double[fit.Folds];
        for (var fold = 0; fold < fit.Folds; fold++)
        {
            var rest = contexts.Zip(fit.ContextCounts[fold], (all, own) => all - own).ToArray();
            left[fold] = rest.Select((count, context) => count * fit.OfTargetWithout(fold, context)).Sum() / rest.Sum();
        }
        var scatter = left.Sum(value => (value - left.Average()) * (value - left.Average()));
        var error = Math.Sqrt((fit.Folds - 1.0) / fit.Folds * scatter);
        return new Interval(whole, whole - z * error, whole + z * error);
    }

    private static double EffectiveSize(double[] weights)
    {
        var squares = weights.Sum(weight => weight * weight);
        return squares == 0 ? 0 : Math.Pow(weights.Sum(), 2) / squares;
    }
}
