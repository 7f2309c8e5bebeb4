using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of one variant's mean reward when rewards are any numbers: a normal-inverse-gamma distribution over
/// their mean and variance, immutable.</summary>
/// <remarks>
/// Rewards are taken as normal with unknown mean and variance; the mean's posterior is a Student t, which by the central limit theorem is
/// also a fair one for means of other rewards with a finite variance once some dozens are seen. Updates: K. P. Murphy, "Conjugate Bayesian
/// analysis of the Gaussian distribution" (2007), section 6. A heavy-tailed prior on the variance keeps Thompson sampling from settling too
/// soon: J. Honda and A. Takemura, "Optimality of Thompson sampling for Gaussian bandits depends on priors", AISTATS 2014.
/// </remarks>
public sealed record GaussianArm : IArm
{
    private GaussianArm(double mean, double strength, double shape, double scale) =>
        (Mean, Strength, Shape, Scale) = (mean, strength, shape, scale);

    /// <summary>Prior that weighs as much as one reward.</summary>
    /// <param name="typical">A reward as one would expect it, finite: the mean over all variants, say.</param>
    /// <param name="spread">Standard deviation of single rewards as one would expect it, positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or the spread is not positive.</exception>
    public GaussianArm(double typical, double spread)
        : this(Finite(typical, nameof(typical)), 1, 0.5, 0.5 * Positive(spread) * spread) { }

    /// <value>Expected reward.</value>
    public double Mean { get; }

    /// <value>How many rewards the belief about the mean is worth, the prior's one included.</value>
    public double Strength { get; }

    /// <value>Shape of the inverse gamma belief about the variance: half the degrees of freedom.</value>
    public double Shape { get; }

    /// <value>Its scale, in squared rewards.</value>
    public double Scale { get; }

    /// <summary>The belief after one more reward.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reward is not finite.</exception>
    public GaussianArm Observe(double reward) => Observe(1, Finite(reward, nameof(reward)), 0);

    /// <summary>The belief after a batch of rewards.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="mean">Their mean.</param>
    /// <param name="squares">The sum of their squared distances from that mean, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public GaussianArm Observe(long count, double mean, double squares)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(squares);
        if (count == 0)
            return this;
        var strength = Strength + count;
        var distance = Finite(mean, nameof(mean)) - Mean;
        return new GaussianArm(
            Mean + distance * count / strength,
            strength,
            Shape + count / 2.0,
            Scale + (squares + Strength * count / strength * distance * distance) / 2
        );
    }

    /// <summary>Lets old rewards fade towards the prior.</summary>
    /// <param name="keep">Share of the evidence that stays, 0 to 1; see <see cref="Memory"/>.</param>
    /// <param name="prior">The belief before anything was seen.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is not within 0 to 1.</exception>
    public GaussianArm Forget(double keep, GaussianArm prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        Memory.ThrowIfNoShare(keep);

        // Sums of rewards and of their squares are what evidence adds to; they fade, mean and scale follow.
        var strength = Fade(Strength, prior.Strength);
        var sum = Fade(Strength * Mean, prior.Strength * prior.Mean);
        var squares = Fade(2 * Scale + Strength * Mean * Mean, 2 * prior.Scale + prior.Strength * prior.Mean * prior.Mean);
        var mean = sum / strength;
        var scale = Math.Max((squares - strength * mean * mean) / 2, Math.Min(Scale, prior.Scale));
        return new GaussianArm(mean, strength, Fade(Shape, prior.Shape), scale);

        double Fade(double now, double before) => before + keep * (now - before);
    }

    /// <inheritdoc/>
    public double Draw(Random random)
    {
        var variance = Scale * Math.Exp(-GammaDistribution.SampleLog(Shape, random));
        return Mean + NormalDistribution.Sample(random) * Math.Sqrt(variance / Strength);
    }

    private static double Finite(double value, string name) =>
        double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "A reward is a finite number.");

    private static double Positive(double spread) =>
        spread > 0 && double.IsFinite(spread)
            ? spread
            : throw new ArgumentOutOfRangeException(nameof(spread), spread, "A spread is positive and finite.");
}
