namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>Successes in independent trials: openers among those mailed, buyers among visitors.</summary>
public readonly record struct Proportion
{
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">No trial, or successes outside 0 to trials.</exception>
    public Proportion(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        Successes = successes;
        Trials = trials;
    }

    /// <value>0 to <see cref="Trials"/>.</value>
    public long Successes { get; }

    /// <value>1 or more.</value>
    public long Trials { get; }

    /// <value>Successes by trials, 0 to 1.</value>
    public double Rate => (double)Successes / Trials;
}

/// <summary>An estimate with the range that holds the truth at the stated confidence.</summary>
/// <param name="Estimate">The point estimate; between the bounds.</param>
public readonly record struct Interval(double Estimate, double Lower, double Upper)
{
    /// <summary>Whether the value lies within the bounds, ends included.</summary>
    public bool Contains(double value) => Lower <= value && value <= Upper;
}
