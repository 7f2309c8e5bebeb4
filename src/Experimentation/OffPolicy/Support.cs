namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Whether a log can answer for a policy at all.</summary>
internal static class Support
{
    private const int Fewest = 100;

    /// <exception cref="OffPolicyRefusalException">Propensities or rewards are missing or impossible, or there are too few.</exception>
    /// <exception cref="ArgumentException">A context or an action that the target does not know.</exception>
    public static void ThrowIfUnusable(IReadOnlyList<LoggedDecision> log, TargetPolicy target)
    {
        if (log.Count < Fewest)
            throw new OffPolicyRefusalException(
                $"A log of {log.Count} decisions says nothing reliable about another policy; {Fewest} are the least."
            );
        var missing = log.Count(decision => !(decision.Propensity is > 0 and <= 1));
        if (missing > 0)
            throw new OffPolicyRefusalException(
                $"{missing} of {log.Count} decisions have no propensity above 0 and at most 1. Nothing can be said without the probability "
                    + "with which each action was chosen: store it when the decision is made."
            );
        if (log.Any(decision => !double.IsFinite(decision.Reward)))
            throw new OffPolicyRefusalException("A decision has no finite reward.");
        if (log.Any(decision => decision.Context < 0 || decision.Context >= target.Contexts))
            throw new ArgumentException("The target does not know a context of the log.", nameof(target));
        if (log.Any(decision => decision.Action < 0 || decision.Action >= target.Actions))
            throw new ArgumentException("The target does not know an action of the log.", nameof(target));
    }

    /// <summary>Share of the target's decisions, in the log's mix of contexts, that the log never made in their context.</summary>
    public static double MissingShare(IReadOnlyList<LoggedDecision> log, TargetPolicy target)
    {
        var seen = new bool[target.Contexts, target.Actions];
        var contexts = new int[target.Contexts];
        foreach (var decision in log)
        {
            seen[decision.Context, decision.Action] = true;
            contexts[decision.Context]++;
        }
        var share = 0.0;
        for (var context = 0; context < target.Contexts; context++)
        for (var action = 0; action < target.Actions; action++)
            if (!seen[context, action])
                share += target[context, action] * contexts[context] / log.Count;
        return share;
    }
}
