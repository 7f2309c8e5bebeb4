using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>Thompson sampling of arms whose successes are worth different, known amounts: an arm is played with the probability that
/// its rate × worth is the highest.</summary>
/// <remarks>With equal worths this is <see cref="ThompsonSampling"/>. Uncertainty is in the rates alone, not in the worths.</remarks>
public static class PaidThompson
{
    /// <summary>Plays many independent rounds on one belief, as for a batch whose results come later.</summary>
    /// <param name="arms">One or more beliefs about success rates.</param>
    /// <param name="worths">What a success of each arm is worth: positive and finite, one an arm.</param>
    /// <param name="rounds">Plays, 1 or more.</param>
    /// <param name="random">Where chance comes from; the same seed gives the same wins.</param>
    /// <returns>How many rounds each arm won; they sum to <paramref name="rounds"/>. Divided by the rounds they estimate the arm's
    /// probability p with a standard error of √(p(1 − p) / rounds).</returns>
    /// <exception cref="ArgumentException">No arm, or not one worth an arm, or a worth that is not positive and finite.</exception>
    public static int[] CountWins(IReadOnlyList<BetaArm> arms, IReadOnlyList<double> worths, int rounds, Random random)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(worths);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        if (arms.Count == 0)
            throw new ArgumentException("A choice needs at least one arm.", nameof(arms));
        if (worths.Count != arms.Count || worths.Any(worth => !(worth > 0) || !double.IsFinite(worth)))
            throw new ArgumentException("Each arm needs a worth that is positive and finite.", nameof(worths));

        var logWorths = worths.Select(worth => Math.Log(worth)).ToArray();
        var wins = new int[arms.Count];
        for (var round = 0; round < rounds; round++)
        {
            var (best, most) = (0, double.NegativeInfinity);
            for (var i = 0; i < arms.Count; i++)
            {
                var draw = logWorths[i] + LogRate(BetaDistribution.SampleLogit(arms[i].Alpha, arms[i].Beta, random));
                if (draw > most)
                    (best, most) = (i, draw);
            }
            wins[best]++;
        }
        return wins;
    }

    // ln(1 / (1 + e^−t)) without forming the rate, which rounds to 0 or 1 in the tails.
    private static double LogRate(double logit) => logit < 0 ? logit - Math.Log(1 + Math.Exp(logit)) : -Math.Log(1 + Math.Exp(-logit));
}
