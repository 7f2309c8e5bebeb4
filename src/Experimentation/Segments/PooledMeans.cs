namespace MarketingPlatform.Experimentation.Segments;

/// <summary>What was summed over the members of one group.</summary>
/// <param name="Count">Members, 1 or more.</param>
/// <param name="Sum">Sum of their values.</param>
/// <param name="SquareSum">Sum of their squared values.</param>
public readonly record struct GroupSums(long Count, double Sum, double SquareSum)
{
    /// <value>Mean value of a member.</value>
    public double Mean => Sum / Count;
}

/// <summary>Means of several groups, small ones drawn towards the whole, with credible intervals.</summary>
/// <remarks>
/// <see cref="SegmentShrinkage"/> takes standard errors as known; those of a small group with rare events are not (fifty customers without
/// an order have a sample variance of zero). Here a group's variance is that of its own values and of <see cref="Borrowed"/> values with
/// the within-group variance of all groups: the moderated variance (d₀s₀² + ds²) / (d₀ + d) of G. K. Smyth, "Linear models and empirical
/// Bayes methods for assessing differential expression", Statistical Applications in Genetics and Molecular Biology 3 (2004), with d₀ fixed.
/// </remarks>
public static class PooledMeans
{
    /// <summary>How many values the whole's variance counts for in each group's.</summary>
    public const double Borrowed = 60;

    /// <param name="groups">At least one; each with at least one member.</param>
    /// <param name="credibility">Of the intervals, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentException">No group, or an empty one.</exception>
    public static ShrunkenEffects Of(IReadOnlyList<GroupSums> groups, double credibility = 0.9)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0 || groups.Any(g => g.Count < 1))
            throw new ArgumentException("At least one group is needed, and each needs a member.", nameof(groups));
        double members = groups.Sum(g => g.Count);
        var within = groups.Sum(g => g.SquareSum - g.Sum * g.Mean) / members;
        // Where all values are the same nothing is known of their spread; a sliver keeps the method defined.
        var common = Math.Max(within, 1e-12 * Math.Max(1, groups.Max(g => g.Mean * g.Mean)));
        return SegmentShrinkage.Of(
            [
                .. groups.Select(g =>
                {
                    var own = Math.Max(0, g.SquareSum / g.Count - g.Mean * g.Mean);
                    var variance = (Borrowed * common + g.Count * own) / (Borrowed + g.Count);
                    return (g.Mean, Math.Sqrt(variance / g.Count));
                }),
            ],
            credibility
        );
    }
}
