namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What one simulated run is like.</summary>
/// <param name="Rounds">Plays, 1 or more.</param>
/// <param name="Batch">Results become known only at the end of every batch of so many rounds; 1: at once.</param>
/// <param name="Delay">Rounds until a result is known, 0 or more; before the wait for the end of its batch.</param>
/// <param name="Keep">Share of the evidence that stays from one round to the next, 0 to 1; 1: nothing fades.</param>
/// <param name="MinimumShare">Least probability of every arm, 0 to 1 / arms.</param>
public sealed record SimulationPlan(int Rounds, int Batch = 1, int Delay = 0, double Keep = 1, double MinimumShare = 0);

/// <summary>What came of a run.</summary>
/// <param name="Regret">Pseudo-regret: what always playing the best arm would have earned more, in expected successes.</param>
/// <param name="Reward">Expected successes of the arms that were played.</param>
/// <param name="Curve">Pseudo-regret after each of the asked checkpoints.</param>
/// <param name="Plays">Plays of each arm.</param>
public sealed record SimulatedRun(double Regret, double Reward, double[] Curve, int[] Plays);

/// <summary>Plays a policy against arms whose rates are known to the simulation alone.</summary>
public static class BanditSimulation
{
    /// <param name="rates">Success rate of each arm, 0 to 1.</param>
    /// <param name="plan">Length, delays, memory.</param>
    /// <param name="policy">Chooses; sees only what is known by then.</param>
    /// <param name="random">Where chance comes from; the same seed gives the same run.</param>
    /// <param name="checkpoints">Rounds after which the curve is read, ascending.</param>
    /// <exception cref="ArgumentException">No arm, or a rate outside 0 to 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the plan is outside its range.</exception>
    public static SimulatedRun Run(
        IReadOnlyList<double> rates,
        SimulationPlan plan,
        BernoulliPolicy policy,
        Random random,
        IReadOnlyList<int>? checkpoints = null
    )
    {
        ThrowIfSenseless(rates, plan);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(random);
        var best = rates.Max();
        var history = new BernoulliHistory(rates.Count);
        var waiting = new Queue<(int KnownAt, int Arm, bool Success)>();
        var plays = new int[rates.Count];
        var curve = new double[checkpoints?.Count ?? 0];
        var regret = 0.0;
        for (var (round, read) = (0, 0); round < plan.Rounds; round++)
        {
            if (plan.Keep < 1)
                history.Forget(plan.Keep);
            while (waiting.TryPeek(out var result) && result.KnownAt <= round)
            {
                waiting.Dequeue();
                history.Observe(result.Arm, result.Success);
            }

            var explore = plan.MinimumShare > 0 && random.NextDouble() < plan.MinimumShare * rates.Count;
            var arm = explore ? random.Next(rates.Count) : policy(history, round, random);
            plays[arm]++;
            regret += best - rates[arm];
            waiting.Enqueue((KnownAt(round), arm, random.NextDouble() < rates[arm]));
            for (; read < curve.Length && checkpoints![read] <= round + 1; read++)
                curve[read] = regret;
        }
        return new SimulatedRun(regret, plan.Rounds * best - regret, curve, plays);

        int KnownAt(int round) => (round + plan.Delay + plan.Batch) / plan.Batch * plan.Batch;
    }

    private static void ThrowIfSenseless(IReadOnlyList<double> rates, SimulationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(rates);
        ArgumentNullException.ThrowIfNull(plan);
        if (rates.Count == 0 || rates.Any(rate => !(rate is >= 0 and <= 1)))
            throw new ArgumentException("There is at least one arm, and each success rate lies within 0 to 1.", nameof(rates));
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Rounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(plan.Delay);
        Memory.ThrowIfNoShare(plan.Keep);
        if (!(plan.MinimumShare >= 0 && plan.MinimumShare * rates.Count <= 1))
            throw new ArgumentOutOfRangeException(nameof(plan), plan.MinimumShare, "The least share of an arm is between 0 and 1 / arms.");
    }
}
