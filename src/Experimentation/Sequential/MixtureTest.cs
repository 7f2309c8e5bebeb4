using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.Experimentation.Sequential;

/// <summary>The mixture sequential probability ratio test (mSPRT): a p-value that only falls and may be read at any time. Immutable.</summary>
/// <remarks>
/// R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always valid inference: continuous monitoring of A/B tests", Operations Research 70 (2022)
/// 1806–1821: likelihood ratio √(V / (V + τ²)) · exp(τ²·δ² / (2V(V + τ²))) with V the variance of the difference δ and a normal mixture
/// of variance τ² over effects. Its power is best where effects are about τ.
/// </remarks>
public sealed record MixtureTest
{
    private readonly double _mixture;

    /// <param name="typicalEffect">τ: the size of effects one expects, in the metric's unit; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not positive and finite.</exception>
    public MixtureTest(double typicalEffect)
    {
        if (!(typicalEffect > 0 && double.IsFinite(typicalEffect)))
            throw new ArgumentOutOfRangeException(nameof(typicalEffect), typicalEffect, "A typical effect is positive and finite.");
        _mixture = typicalEffect * typicalEffect;
    }

    /// <value>The least p-value of all looks so far, 0 to 1; 1 before the first.</value>
    public double P { get; private init; } = 1;

    /// <summary>The test after another look.</summary>
    /// <param name="difference">Of everything seen so far, not only of what is new.</param>
    public MixtureTest Look(Difference difference)
    {
        var variance = difference.StandardError * difference.StandardError;
        var exponent = _mixture * difference.Value * difference.Value / (2 * variance * (variance + _mixture));
        var logRatio = 0.5 * Math.Log(variance / (variance + _mixture)) + exponent;
        return this with { P = Math.Min(P, Math.Exp(-logRatio)) };
    }
}
