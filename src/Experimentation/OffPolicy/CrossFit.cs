namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Reward models of which each has not seen the decisions that it is asked about: decision i belongs to fold i mod
/// folds.</summary>
/// <remarks>V. Chernozhukov et al., "Double/debiased machine learning", The Econometrics Journal 21 (2018) C1–C68.</remarks>
internal sealed class CrossFit
{
    private readonly RewardModel[] _without;
    private readonly double[][] _target;

    public CrossFit(IReadOnlyList<LoggedDecision> log, TargetPolicy target, int folds)
    {
        var (contexts, actions) = (target.Contexts, target.Actions);
        var parts = Enumerable.Range(0, folds).Select(_ => new Sums[contexts * actions]).ToArray();
        var all = new Sums[contexts * actions];
        ContextCounts = [.. Enumerable.Range(0, folds).Select(_ => new double[contexts])];
        for (var i = 0; i < log.Count; i++)
        {
            var cell = log[i].Context * actions + log[i].Action;
            parts[i % folds][cell] += Sums.Of(log[i].Reward);
            all[cell] += Sums.Of(log[i].Reward);
            ContextCounts[i % folds][log[i].Context]++;
        }
        Whole = RewardModel.Fit(all, contexts, actions);
        _without = [.. parts.Select(part => RewardModel.Fit([.. all.Zip(part, (sum, own) => sum - own)], contexts, actions))];
        _target = [.. _without.Select(model => Enumerable.Range(0, contexts).Select(context => model.Of(target, context)).ToArray())];
    }

    public int Folds => _without.Length;

    /// <summary>Fitted to all decisions.</summary>
    public RewardModel Whole { get; }

    /// <summary>Decisions by fold and context.</summary>
    public double[][] ContextCounts { get; }

    /// <summary>Expected reward of what decision i did.</summary>
    public double OfAction(int i, LoggedDecision decision) => _without[i % Folds][decision.Context, decision.Action];

    /// <summary>Expected reward of the target in the context of decision i.</summary>
    public double OfTarget(int i, int context) => OfTargetWithout(i % Folds, context);

    /// <summary>Expected reward of the target in a context, by the model that has not seen the fold.</summary>
    public double OfTargetWithout(int fold, int context) => _target[fold][context];
}
