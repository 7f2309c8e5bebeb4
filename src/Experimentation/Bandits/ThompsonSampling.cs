using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>Beta-Bernoulli Thompson sampling: plays each arm with the probability that it is the best one. Immutable; safe to
/// share.</summary>
/// <remarks>
/// W. R. Thompson, Biometrika 25 (1933) 285–294; O. Chapelle and L. Li, "An empirical evaluation of Thompson sampling", NIPS 2011,
/// algorithm 2. Rewards are success or failure and may arrive late or in batches. Regret grows with the logarithm of the rounds.
/// </remarks>
public sealed class ThompsonSampling
{
    /// <summary>Absolute error of a propensity.</summary>
    internal const double Tolerance = 1e-9;

    private readonly BetaArm[] _arms;

    /// <param name="arms">One or more; their order is the arms' numbers.</param>
    /// <exception cref="ArgumentException">No arm.</exception>
    public ThompsonSampling(IEnumerable<BetaArm> arms)
    {
        ArgumentNullException.ThrowIfNull(arms);
        _arms = [.. arms];
        if (_arms.Length == 0)
            throw new ArgumentException("A choice needs at least one arm.", nameof(arms));
    }

    /// <summary>Arms of which nothing is known: Beta(1, 1) each.</summary>
    /// <param name="arms">1 or more.</param>
    public static ThompsonSampling Uniform(int arms) => new(Enumerable.Range(0, arms).Select(_ => new BetaArm()));

    /// <value>What is believed of each arm.</value>
    public IReadOnlyList<BetaArm> Arms => _arms;

    /// <summary>The state after one more result.</summary>
    /// <param name="arm">Number of the arm that was played.</param>
    /// <param name="success">What came of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such arm.</exception>
    public ThompsonSampling Observe(int arm, bool success)
    {
        ThrowIfUnknown(arm);
        return new ThompsonSampling(_arms.Select((belief, i) => i == arm ? belief.Observe(success) : belief));
    }

    /// <summary>Chooses an arm and says how probable that choice was.</summary>
    /// <param name="random">Where chance comes from.</param>
    public Choice Choose(Random random)
    {
        var arm = Draw(random);
        return new Choice(arm, Propensity(arm));
    }

    /// <summary>Chooses an arm without working out the propensity: for simulations.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <returns>The arm's number.</returns>
    public int Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (best, most) = (0, double.NegativeInfinity);
        for (var i = 0; i < _arms.Length; i++)
        {
            // Logits order the arms as rates do, and do not tie where rates round to 0 or 1.
            var draw = BetaDistribution.SampleLogit(_arms[i].Alpha, _arms[i].Beta, random);
            if (draw > most)
                (best, most) = (i, draw);
        }
        return best;
    }

    /// <summary>The probability that <see cref="Choose"/> takes this arm: ∫ f_arm(t) ∏ F_other(t) dt over the logit t, within
    /// 1e-8.</summary>
    /// <param name="arm">The arm's number.</param>
    /// <returns>0 to 1; the arms' propensities sum to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such arm.</exception>
    public double Propensity(int arm)
    {
        ThrowIfUnknown(arm);
        if (_arms.Length == 1)
            return 1;
        var own = _arms[arm];
        var integral = Quadrature.Integrate(Integrand, Breakpoints(arm), Tolerance);
        return Math.Clamp(integral, 0, 1);

        double Integrand(double logit)
        {
            var product = BetaDistribution.LogitDensity(own.Alpha, own.Beta, logit);
            for (var i = 0; i < _arms.Length && product > 1e-16; i++)
            {
                if (i != arm)
                    product *= BetaDistribution.CumulativeOfLogit(_arms[i].Alpha, _arms[i].Beta, logit);
            }
            return product;
        }
    }

    /// <summary>The whole range where the arm has density, cut where any arm's belief is steep, so that no narrow peak is missed.</summary>
    private double[] Breakpoints(int arm)
    {
        var own = _arms[arm];
        var from = Mode(own) - 40 * Width(own);
        var to = Mode(own) + 40 * Width(own);
        var cuts = new SortedSet<double> { from, to };
        foreach (var belief in _arms)
        {
            var spread = Math.Sqrt(1 / belief.Alpha + 1 / belief.Beta);
            foreach (var step in Steps)
            {
                var cut = Mode(belief) + step * spread;
                if (cut > from && cut < to)
                    cuts.Add(cut);
            }
        }
        return [.. cuts];
    }

    private static readonly double[] Steps = [-8, -3, 0, 3, 8];

    private static double Mode(BetaArm arm) => Math.Log(arm.Alpha / arm.Beta);

    // Standard deviation of the logit is √(ψ′(α) + ψ′(β)); 1/x + 1/x² bounds the trigamma function from above.
    private static double Width(BetaArm arm) =>
        Math.Sqrt(1 / arm.Alpha + 1 / (arm.Alpha * arm.Alpha) + 1 / arm.Beta + 1 / (arm.Beta * arm.Beta));

    private void ThrowIfUnknown(int arm)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arm);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(arm, _arms.Length);
    }
}

/// <summary>An arm that was chosen.</summary>
/// <param name="Arm">Its number, from 0.</param>
/// <param name="Propensity">The probability with which it was chosen, above 0 and at most 1.</param>
public readonly record struct Choice(int Arm, double Propensity);
