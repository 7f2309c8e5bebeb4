using MarketingPlatform.Experimentation.OffPolicy;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.OffPolicy;

/// <summary>What is asked of a log.</summary>
/// <param name="Target"><c>uniform</c>, or a file.</param>
internal sealed record PolicyQuestion(string Log, string Target, bool TargetIsTable, double MostUnsupported)
{
    /// <exception cref="CommandException">A file is unusable, or the log cannot answer.</exception>
    public PolicyReport Answer(DecisionLog files, CancellationToken ct)
    {
        var log = files.Read(Log, ct);
        var contexts = files.Contexts.Count;
        var (target, onPolicy) = Read(files, ct);
        try
        {
            var policy = target is null ? TargetPolicy.Uniform(contexts, files.Actions.Count) : new TargetPolicy(Scaled(target, contexts));
            var report = OffPolicyEvaluation.Evaluate(log, policy, mostUnsupported: MostUnsupported);
            return new PolicyReport(Log, Target, files.Contexts.Count, files.Actions.Count, report, onPolicy);
        }
        catch (OffPolicyRefusalException refusal)
        {
            throw new CommandException($"{Log}: {refusal.Message}", refusal);
        }
    }

    /// <returns>Probabilities, or null for the uniform policy; and what the target's own log earned.</returns>
    private (double[][]? Target, double? OnPolicy) Read(DecisionLog files, CancellationToken ct)
    {
        if (Target == "uniform")
            return (null, null);
        if (TargetIsTable)
            return (files.ReadTable(Target), null);
        var other = files.Read(Target, ct);
        if (other.Count == 0)
            throw new CommandException($"{Target} holds no decision.");
        return (files.FrequenciesIn(other), other.Average(decision => decision.Reward));
    }

    private double[][] Scaled(double[][] target, int contextsOfLog)
    {
        for (var context = 0; context < target.Length; context++)
        {
            var sum = target[context].Sum();
            if (sum == 0 && context < contextsOfLog)
                throw new CommandException($"{Target} says nothing about a context that {Log} has: a policy needs an answer in each.");
            if (TargetIsTable && Math.Abs(sum - 1) > 1e-6)
                throw new CommandException(
                    FormattableString.Invariant(
                        $"{Target}: the probabilities of a context sum to {sum}, not to 1 (column \"probability\")."
                    )
                );
        }
        return [.. target.Select(row => row.Select(p => p / row.Sum()).ToArray())];
    }
}
