using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of one variant's success rate: a beta distribution, immutable.</summary>
/// <remarks>The mean is <c>Alpha / (Alpha + Beta)</c>. After s successes and f failures a Beta(a, b) becomes Beta(a + s, b + f).</remarks>
public sealed record BetaArm : IArm
{
    /// <param name="alpha">Prior successes, above 0 and finite. Default 1: every rate equally likely.</param>
    /// <param name="beta">Prior failures, above 0 and finite. Default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive and finite.</exception>
    public BetaArm(double alpha = 1, double beta = 1)
    {
        Alpha = Positive(alpha, nameof(alpha));
        Beta = Positive(beta, nameof(beta));
    }

    /// <summary>Jeffreys' prior, Beta(½, ½): commits sooner than <c>new BetaArm()</c> where rates lie near 0 or 1, as those of mails
    /// and adverts do.</summary>
    /// <remarks>H. Jeffreys, Proceedings of the Royal Society A 186 (1946) 453–461; E. Kaufmann, N. Korda and R. Munos, "Thompson
    /// sampling: an asymptotically optimal finite-time analysis", ALT 2012, for the choice among priors.</remarks>
    public static BetaArm Jeffreys { get; } = new(0.5, 0.5);

    /// <value>Prior plus seen successes.</value>
    public double Alpha { get; }

    /// <value>Prior plus seen failures.</value>
    public double Beta { get; }

    /// <value>Expected success rate, 0 to 1.</value>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>The belief after one more trial.</summary>
    public BetaArm Observe(bool success) => success ? new BetaArm(Alpha + 1, Beta) : new BetaArm(Alpha, Beta + 1);

    /// <summary>The belief after a batch of trials.</summary>
    /// <param name="successes">0 or more.</param>
    /// <param name="failures">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public BetaArm Observe(long successes, long failures)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfNegative(failures);
        return new BetaArm(Alpha + successes, Beta + failures);
    }

    /// <summary>Lets old results fade: the belief moves from what was seen towards the prior.</summary>
    /// <param name="keep">Share of the evidence that stays, 0 (start again) to 1 (nothing fades); see <see cref="Memory"/>.</param>
    /// <param name="prior">The belief before anything was seen.</param>
    /// <remarks>V. Raj and S. Kalyani, "Taming non-stationary bandits: a Bayesian approach" (2017), discounted Thompson sampling.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is not within 0 to 1.</exception>
    public BetaArm Forget(double keep, BetaArm prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        Memory.ThrowIfNoShare(keep);
        return new BetaArm(prior.Alpha + keep * (Alpha - prior.Alpha), prior.Beta + keep * (Beta - prior.Beta));
    }

    /// <inheritdoc/>
    public double Draw(Random random) => BetaDistribution.Sample(Alpha, Beta, random);

    private static double Positive(double value, string name) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "A parameter of a beta distribution is positive and finite.");
}
