namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Mean reward of each action in each context, learned from a log: means of cells, drawn towards the mean of their action, and
/// that towards the mean of all, the more the fewer decisions they rest on.</summary>
/// <remarks>
/// Empirical Bayes with variances by the method of moments (C. N. Morris, "Parametric empirical Bayes inference", JASA 78 (1983) 47–55): a
/// mean of n decisions keeps n τ² / (n τ² + s²) of its distance, where s² is the variance within and τ² that between groups. Nothing is to
/// be set.
/// </remarks>
internal sealed class RewardModel
{
    private readonly double[] _cells;
    private readonly int _actions;

    private RewardModel(double[] cells, int actions) => (_cells, _actions) = (cells, actions);

    public double this[int context, int action] => _cells[context * _actions + action];

    /// <summary>Mean reward of the target in a context, if the model were right.</summary>
    public double Of(TargetPolicy target, int context)
    {
        var sum = 0.0;
        for (var action = 0; action < _actions; action++)
            if (target[context, action] is > 0 and var probability)
                sum += probability * this[context, action];
        return sum;
    }

    public static RewardModel Fit(Sums[] cells, int contexts, int actions)
    {
        var byAction = new Sums[actions];
        for (var cell = 0; cell < cells.Length; cell++)
            byAction[cell % actions] += cells[cell];
        var all = byAction.Aggregate(default(Sums), (sum, action) => sum + action);
        var actionMeans = Shrunk(byAction, [.. Enumerable.Repeat(all.Mean, actions)]);
        return contexts == 1
            ? new(actionMeans, actions)
            : new(Shrunk(cells, [.. Enumerable.Range(0, cells.Length).Select(cell => actionMeans[cell % actions])]), actions);
    }

    private static double[] Shrunk(Sums[] groups, double[] towards)
    {
        var (within, between, count, freedom, seen) = (0.0, 0.0, 0.0, 0.0, 0);
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i].Count == 0)
                continue;
            within += groups[i].Scatter;
            between += groups[i].Count * (groups[i].Mean - towards[i]) * (groups[i].Mean - towards[i]);
            count += groups[i].Count;
            freedom += groups[i].Count - 1;
            seen++;
        }
        var variance = freedom > 0 ? within / freedom : 0;
        var spread = Math.Max(0, between - seen * variance) / Math.Max(1, count);
        return
        [
            .. groups.Select((group, i) => towards[i] + Kept(group.Count) * ((group.Count == 0 ? towards[i] : group.Mean) - towards[i])),
        ];

        double Kept(double n) => n * spread + variance == 0 ? 0 : n * spread / (n * spread + variance);
    }
}

/// <summary>Count, sum and sum of squares of rewards.</summary>
internal readonly record struct Sums(double Count, double Sum, double Squares)
{
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <value>Sum of squared distances from the mean.</value>
    public double Scatter => Count == 0 ? 0 : Math.Max(0, Squares - Sum * Sum / Count);

    public static Sums Of(double reward) => new(1, reward, reward * reward);

    public static Sums operator +(Sums a, Sums b) => new(a.Count + b.Count, a.Sum + b.Sum, a.Squares + b.Squares);

    public static Sums operator -(Sums a, Sums b) => new(a.Count - b.Count, a.Sum - b.Sum, a.Squares - b.Squares);
}
