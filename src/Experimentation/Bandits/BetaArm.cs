namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of one variant's success rate: a beta distribution, immutable.</summary>
/// <remarks>The mean is <c>Alpha / (Alpha + Beta)</c>. After s successes and f failures a Beta(a, b) becomes Beta(a + s, b + f).</remarks>
public sealed record BetaArm
{
    /// <param name="alpha">Prior successes, above 0 and finite. Default 1: every rate equally likely.</param>
    /// <param name="beta">Prior failures, above 0 and finite. Default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive and finite.</exception>
    public BetaArm(double alpha = 1, double beta = 1)
    {
        Alpha = Positive(alpha, nameof(alpha));
        Beta = Positive(beta, nameof(beta));
    }

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

    private static double Positive(double value, string name) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "A parameter of a beta distribution is positive and finite.");
}
