using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>Results so far, one count an arm; not whole numbers where old results fade.</summary>
public sealed class BernoulliHistory
{
    private readonly double[] _successes;
    private readonly double[] _failures;

    /// <param name="arms">1 or more.</param>
    public BernoulliHistory(int arms)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 1);
        (_successes, _failures) = (new double[arms], new double[arms]);
    }

    /// <value>Number of arms.</value>
    public int Arms => _successes.Length;

    /// <value>Successes of each arm.</value>
    public ReadOnlySpan<double> Successes => _successes;

    /// <value>Failures of each arm.</value>
    public ReadOnlySpan<double> Failures => _failures;

    /// <summary>Known plays of an arm.</summary>
    public double Plays(int arm) => _successes[arm] + _failures[arm];

    /// <summary>Adds a result.</summary>
    public void Observe(int arm, bool success) => (success ? _successes : _failures)[arm]++;

    /// <summary>Multiplies all counts.</summary>
    /// <param name="keep">Share of the evidence that stays, 0 to 1; see <see cref="Memory"/>.</param>
    public void Forget(double keep)
    {
        Memory.ThrowIfNoShare(keep);
        for (var arm = 0; arm < Arms; arm++)
        {
            _successes[arm] *= keep;
            _failures[arm] *= keep;
        }
    }
}

/// <summary>Chooses an arm.</summary>
/// <param name="history">Results that are known by now.</param>
/// <param name="round">Rounds played before, from 0; more than there are results where these come late.</param>
/// <param name="random">Where chance comes from.</param>
public delegate int BernoulliPolicy(BernoulliHistory history, int round, Random random);

/// <summary>Policies for rewards of success or failure, to be compared by <see cref="BanditSimulation"/>.</summary>
public static class BernoulliPolicies
{
    /// <summary>Thompson sampling with the same prior for each arm.</summary>
    /// <param name="prior"><see cref="BetaArm.Jeffreys"/> loses least where rates are far from ½.</param>
    public static BernoulliPolicy Thompson(BetaArm prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return (history, _, random) => Draw(history, prior, random).Best;
    }

    /// <summary>Thompson sampling in which a draw below an arm's mean counts as the mean.</summary>
    /// <param name="prior">The same for each arm.</param>
    /// <remarks>B. C. May, N. Korda, A. Lee and D. S. Leslie, "Optimistic Bayesian sampling in contextual-bandit problems", JMLR 13 (2012)
    /// 2069–2106.</remarks>
    public static BernoulliPolicy Optimistic(BetaArm prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return (history, _, random) => Draw(history, prior, random, optimistic: true).Best;
    }

    /// <summary>Plays every arm at least so often × the logarithm of all plays, before it asks the policy.</summary>
    /// <param name="policy">Asked where no arm falls short.</param>
    /// <param name="perLogarithm">0 or more. Default 2.</param>
    /// <remarks>
    /// Every policy that is good on all problems plays each arm some multiple of the logarithm (T. L. Lai and H. Robbins, Advances in
    /// Applied Mathematics 6 (1985) 4–22). To insist on a small one costs next to nothing, and ends early the rare runs in which the best
    /// arm begins with bad luck and is left alone for thousands of rounds: those make the tail, and a good part of the mean, of Thompson
    /// sampling's regret.
    /// </remarks>
    public static BernoulliPolicy AtLeast(BernoulliPolicy policy, double perLogarithm = 2)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegative(perLogarithm);
        return (history, round, random) =>
        {
            var known = 0.0;
            for (var arm = 0; arm < history.Arms; arm++)
                known += history.Plays(arm);
            return Below(perLogarithm * Math.Log(known + 2), history, random) ?? policy(history, round, random);
        };
    }

    /// <summary>Top-two Thompson sampling (Russo 2020): finds the best arm sooner, earns less on the way.</summary>
    public static BernoulliPolicy TopTwo(BetaArm prior, double leaderShare = 0.5)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return (history, _, random) =>
        {
            var leader = Draw(history, prior, random).Best;
            if (history.Arms == 1 || random.NextDouble() < leaderShare)
                return leader;

            // Drawn until another arm wins; where none does in a hundred draws, the runner-up of the last is as good as certain.
            var draw = Draw(history, prior, random);
            for (var tries = 0; draw.Best == leader && tries < 100; tries++)
                draw = Draw(history, prior, random);
            return draw.Best == leader ? draw.Second : draw.Best;
        };
    }

    /// <summary>UCB1: mean + √(2 ln t / n).</summary>
    /// <remarks>P. Auer, N. Cesa-Bianchi and P. Fischer, Machine Learning 47 (2002) 235–256.</remarks>
    public static BernoulliPolicy Ucb1 { get; } =
        (history, round, random) => Highest(history, random, (rate, plays) => rate + Math.Sqrt(2 * Math.Log(round + 1) / plays));

    /// <summary>KL-UCB: the highest rate q with n · KL(mean, q) ≤ ln t.</summary>
    /// <remarks>A. Garivier and O. Cappé, "The KL-UCB algorithm for bounded stochastic bandits and beyond", COLT 2011, with c =
    /// 0.</remarks>
    public static BernoulliPolicy KlUcb { get; } =
        (history, round, random) => Highest(history, random, (rate, plays) => KlUpperBound(rate, Math.Log(round + 1) / plays));

    /// <summary>Every arm as often as every other: an A/B test without end.</summary>
    public static BernoulliPolicy Uniform { get; } = (history, _, random) => random.Next(history.Arms);

    /// <summary>Follows a plan for a short list.</summary>
    public static BernoulliPolicy Exact(ShortList plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return (history, _, _) =>
            plan.Choose(
                new ShortListState((int)history.Successes[0], (int)history.Failures[0], (int)history.Successes[1], (int)history.Failures[1])
            );
    }

    /// <summary>One of the arms with fewer known plays, at random: while results are awaited, they take turns.</summary>
    private static int? Below(double plays, BernoulliHistory history, Random random)
    {
        var (found, chosen) = (0, (int?)null);
        for (var arm = 0; arm < history.Arms; arm++)
            if (history.Plays(arm) < plays && random.Next(++found) == 0)
                chosen = arm;
        return chosen;
    }

    private static (int Best, int Second) Draw(BernoulliHistory history, BetaArm prior, Random random, bool optimistic = false)
    {
        var (best, second) = (0, 0);
        var (most, more) = (double.NegativeInfinity, double.NegativeInfinity);
        for (var arm = 0; arm < history.Arms; arm++)
        {
            var (alpha, beta) = (prior.Alpha + history.Successes[arm], prior.Beta + history.Failures[arm]);
            var draw = BetaDistribution.SampleLogit(alpha, beta, random);
            if (optimistic)
                draw = Math.Max(draw, Math.Log(alpha / beta));
            if (draw > most)
                (best, most, second, more) = (arm, draw, best, most);
            else if (draw > more)
                (second, more) = (arm, draw);
        }
        return (best, second);
    }

    private static int Highest(BernoulliHistory history, Random random, Func<double, double, double> index)
    {
        if (Below(double.Epsilon, history, random) is { } unknown)
            return unknown;
        var (best, most) = (0, double.NegativeInfinity);
        for (var arm = 0; arm < history.Arms; arm++)
        {
            var plays = history.Plays(arm);
            var bound = index(history.Successes[arm] / plays, plays);
            if (bound > most)
                (best, most) = (arm, bound);
        }
        return best;
    }

    internal static double KlUpperBound(double rate, double budget)
    {
        var (low, high) = (rate, 1.0);
        for (var step = 0; step < 40 && high - low > 1e-9; step++)
        {
            var middle = (low + high) / 2;
            if (Divergence(rate, middle) > budget)
                high = middle;
            else
                low = middle;
        }
        return low;
    }

    private static double Divergence(double p, double q) => Term(p, q) + Term(1 - p, 1 - q);

    private static double Term(double p, double q) => p == 0 ? 0 : p * Math.Log(p / q);
}
