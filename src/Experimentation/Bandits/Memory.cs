namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>How fast evidence ages, where tastes change.</summary>
public static class Memory
{
    /// <summary>The share of evidence that stays after a while: ½ after one half-life, ¼ after two.</summary>
    /// <param name="elapsed">0 or more.</param>
    /// <param name="halfLife">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative time, or a half-life that is not positive.</exception>
    public static double Keep(TimeSpan elapsed, TimeSpan halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elapsed, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(halfLife, TimeSpan.Zero);
        return Math.Pow(0.5, elapsed / halfLife);
    }

    internal static void ThrowIfNoShare(double keep)
    {
        if (!(keep is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "The share of evidence that stays lies within 0 to 1.");
    }
}
