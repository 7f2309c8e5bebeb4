namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>How many of a finite list to test two variants on, before all others get the better one.</summary>
/// <remarks>
/// E. McDonnell Feit and R. Berman, "Test &amp; Roll: profit-maximizing A/B tests", Marketing Science 38 (2019) 1038–1058: two arms whose
/// mean rewards come from the same normal prior, normal rewards of known variance, no cost of switching. The sizes are far below those of a
/// significance test because a wrong choice between near-equal variants costs little.
/// </remarks>
/// <param name="List">People in all, 2 or more.</param>
/// <param name="Variance">s²: variance of single rewards, positive; rate × (1 − rate) for a rate.</param>
/// <param name="Spread">σ: standard deviation of variants' mean rewards, positive; from past tests.</param>
/// <param name="Mean">Expected mean reward of a variant.</param>
public sealed record TestAndRoll(long List, double Variance, double Spread, double Mean = 0)
{
    /// <value>Test size of each arm that earns most, not rounded; 0 to half of the list. Equation 10 of the paper.</value>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public double BestSize
    {
        get
        {
            ThrowIfSenseless();
            var ratio = Variance / (Spread * Spread);
            // √(N ratio / 4 + (¾ ratio)²) − ¾ ratio, without the difference of two near-equal numbers.
            var quarter = List * ratio / 4;
            return Math.Min(quarter / (Math.Sqrt(quarter + 0.5625 * ratio * ratio) + 0.75 * ratio), List / 2.0);
        }
    }

    /// <summary>Expected reward of the whole list.</summary>
    /// <param name="size">Test size of each arm, 0 to half of the list.</param>
    /// <remarks>The better of two posterior means exceeds the prior's by σ² / √(π (σ² + s² / n)).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public double ExpectedReward(double size)
    {
        ThrowIfSenseless();
        if (!(size >= 0 && size <= List / 2.0))
            throw new ArgumentOutOfRangeException(nameof(size), size, "Each arm's test takes at most half of the list.");
        var square = Spread * Spread;
        var gain = size == 0 ? 0 : square / Math.Sqrt(Math.PI * (square + Variance / size));
        return List * Mean + (List - 2 * size) * gain;
    }

    /// <value>Expected reward of someone who knows the better arm beforehand.</value>
    public double PerfectReward => List * (Mean + Spread / Math.Sqrt(Math.PI));

    private void ThrowIfSenseless()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(List, 2);
        if (!(Variance > 0 && double.IsFinite(Variance)))
            throw new ArgumentOutOfRangeException(nameof(Variance), Variance, "The variance of rewards is positive and finite.");
        if (!(Spread > 0 && double.IsFinite(Spread)))
            throw new ArgumentOutOfRangeException(nameof(Spread), Spread, "The spread of variants' means is positive and finite.");
    }
}
