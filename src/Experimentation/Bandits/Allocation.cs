namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>How often each arm is to be played: made once from the beliefs of the moment, then drawn from for a whole batch.
/// Immutable.</summary>
/// <remarks>
/// Because arms are drawn from <see cref="Shares"/> themselves, the propensity that <see cref="Choose"/> returns is exact even where the
/// shares were found by simulation. Store it with the decision: off-policy evaluation needs it.
/// </remarks>
public sealed class Allocation
{
    private readonly double[] _shares;

    /// <param name="shares">One or more, each 0 to 1, summing to 1 within 1e-6; they are scaled to sum to 1 exactly.</param>
    /// <exception cref="ArgumentException">No share, one that is negative or not a number, or a sum that is not 1.</exception>
    public Allocation(IEnumerable<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        _shares = [.. shares];
        var sum = _shares.Sum();
        if (_shares.Any(share => !(share >= 0)) || !(Math.Abs(sum - 1) <= 1e-6))
            throw new ArgumentException("Shares are 0 or more and sum to 1.", nameof(shares));
        for (var i = 0; i < _shares.Length; i++)
            _shares[i] /= sum;
    }

    /// <value>Probability of each arm.</value>
    public IReadOnlyList<double> Shares => _shares;

    /// <summary>Thompson sampling by simulation, for beliefs of any kind: each arm's share is how often its draw was the highest.</summary>
    /// <param name="arms">One or more.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="draws">1 or more. A share p differs from the exact one by about √(p(1 − p) / draws).</param>
    /// <param name="optimistic">Whether a draw below an arm's mean counts as the mean, so that the leader is not passed over for a low draw
    /// of its own; loses a little less (B. C. May et al., "Optimistic Bayesian sampling in contextual-bandit problems", JMLR 13 (2012)
    /// 2069–2106).</param>
    /// <exception cref="ArgumentException">No arm.</exception>
    public static Allocation Thompson(IReadOnlyList<IArm> arms, Random random, int draws = 10_000, bool optimistic = false)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        if (arms.Count == 0)
            throw new ArgumentException("A choice needs at least one arm.", nameof(arms));
        var wins = new int[arms.Count];
        for (var draw = 0; draw < draws; draw++)
        {
            var (best, most) = (0, double.NegativeInfinity);
            for (var i = 0; i < arms.Count; i++)
            {
                var reward = arms[i].Draw(random);
                if (optimistic)
                    reward = Math.Max(reward, arms[i].Mean);
                if (reward > most)
                    (best, most) = (i, reward);
            }
            wins[best]++;
        }
        return new Allocation(wins.Select(won => (double)won / draws));
    }

    /// <summary>Thompson sampling of success rates, exactly.</summary>
    public static Allocation Thompson(ThompsonSampling sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        return new Allocation(sampler.Arms.Select((_, arm) => sampler.Propensity(arm)));
    }

    /// <summary>Top-two sampling, to find the best arm rather than to earn on the way: half of the plays go to the likely best arm, the
    /// others to its likely best rivals.</summary>
    /// <param name="leaderShare">How often the leader is played, strictly between 0 and 1.</param>
    /// <remarks>
    /// D. Russo, "Simple Bayesian algorithms for best-arm identification", Operations Research 68 (2020) 1625–1647: with probability β play
    /// the drawn best arm i, else one drawn again until it is another, j. Its probabilities in closed form:
    /// pᵢ (β + (1 − β) Σⱼ pⱼ / (1 − pⱼ)), the sum over j ≠ i.
    /// </remarks>
    public Allocation TopTwo(double leaderShare = 0.5)
    {
        if (!(leaderShare is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(leaderShare), leaderShare, "The leader's share lies strictly between 0 and 1.");
        if (_shares.Length == 1)
            return this;
        var certain = Array.FindIndex(_shares, share => share >= 1 - 1e-12);
        if (certain >= 0)
            return new Allocation(_shares.Select((_, i) => i == certain ? leaderShare : (1 - leaderShare) / (_shares.Length - 1)));
        var odds = _shares.Sum(share => share / (1 - share));
        return new Allocation(_shares.Select(p => p * (leaderShare + (1 - leaderShare) * (odds - p / (1 - p)))));
    }

    /// <summary>Gives every arm at least this share, at the cost of all in proportion.</summary>
    /// <param name="share">0 or more; at most 1 / arms.</param>
    /// <remarks>A floor keeps weights of off-policy evaluation below 1 / share, and notices an arm that has become good.</remarks>
    public Allocation WithMinimum(double share)
    {
        if (!(share >= 0) || share * _shares.Length > 1 + 1e-12)
            throw new ArgumentOutOfRangeException(
                nameof(share),
                share,
                $"The least share of {_shares.Length} arms is between 0 and 1 / arms."
            );
        var rest = Math.Max(0, 1 - share * _shares.Length);
        return new Allocation(_shares.Select(p => share + rest * p));
    }

    /// <summary>Draws an arm.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <returns>The arm and the probability with which it was drawn.</returns>
    public Choice Choose(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var left = random.NextDouble();
        var last = 0;
        for (var arm = 0; arm < _shares.Length; arm++)
        {
            if (_shares[arm] == 0)
                continue;
            last = arm;
            left -= _shares[arm];
            if (left < 0)
                break;
        }
        return new Choice(last, _shares[last]);
    }
}
