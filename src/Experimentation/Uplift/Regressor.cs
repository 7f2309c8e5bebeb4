namespace MarketingPlatform.Experimentation.Uplift;

/// <summary>Learns to predict a number; the seam through which any learner of regressions can be used here.</summary>
/// <param name="features">A row of equal length for each case.</param>
/// <param name="outcomes">The number of each case.</param>
/// <returns>What was learned.</returns>
public delegate Predictor Regressor(IReadOnlyList<float[]> features, IReadOnlyList<double> outcomes);

/// <summary>Predicts one number a row.</summary>
/// <param name="features">Rows of the length that was learned from.</param>
public delegate double[] Predictor(IReadOnlyList<float[]> features);

/// <summary>The result of a randomised test, person by person.</summary>
public sealed record UpliftSample
{
    /// <param name="features">What was known of each person before; rows of one length.</param>
    /// <param name="treated">Who was treated, by lot.</param>
    /// <param name="outcomes">What each did afterwards, finite.</param>
    /// <exception cref="ArgumentException">Lists of different lengths, or fewer than two treated or untreated people.</exception>
    public UpliftSample(IReadOnlyList<float[]> features, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentNullException.ThrowIfNull(outcomes);
        if (features.Count != treated.Count || features.Count != outcomes.Count)
            throw new ArgumentException("Each person has features, a treatment and an outcome.", nameof(features));
        var count = treated.Count(it => it);
        if (count < 2 || treated.Count - count < 2)
            throw new ArgumentException("Both arms hold at least two people.", nameof(treated));
        (Features, Treated, Outcomes) = (features, treated, outcomes);
        TreatedShare = (double)count / treated.Count;
    }

    public IReadOnlyList<float[]> Features { get; }

    public IReadOnlyList<bool> Treated { get; }

    public IReadOnlyList<double> Outcomes { get; }

    /// <value>Share of the treated, strictly between 0 and 1.</value>
    public double TreatedShare { get; }

    /// <summary>Features and outcomes of one arm.</summary>
    internal (float[][] Features, double[] Outcomes) Arm(bool treated)
    {
        var people = Enumerable.Range(0, Treated.Count).Where(i => Treated[i] == treated).ToArray();
        return ([.. people.Select(i => Features[i])], [.. people.Select(i => Outcomes[i])]);
    }
}
