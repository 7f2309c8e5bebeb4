using MarketingPlatform.Experimentation.Distributions;

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

/// <summary>Means of several groups, small ones drawn towards the whole, with credible intervals; for outcomes that are mostly zero (who
/// buys, what they pay).</summary>
/// <remarks>
/// <see cref="SegmentShrinkage"/> takes standard errors as known; those of a small group with rare events are not (fifty customers without
/// an order have a sample variance of zero), and a group that was lucky has a large mean and a large variance at once. So a group's variance
/// is first modelled as proportional to its mean, as it is for rare events (quasi-Poisson: R. W. M. Wedderburn, Biometrika 61 (1974)
/// 439–447), at the mean that a first round of shrinking gives it; its own sample variance counts beside it by the number of its events, the
/// model for <see cref="Borrowed"/> of them: the moderated variance (d₀s₀² + ds²) / (d₀ + d) of G. K. Smyth, "Linear models and empirical
/// Bayes methods for assessing differential expression", Statistical Applications in Genetics and Molecular Biology 3 (2004), with d₀ fixed.
/// To what was seen one event more is added where the spread is estimated: one customer who bought, or ten who did not, have no spread at all,
/// and still say little (as the "rule of three" says of no event among n: up to 3/n).
/// </remarks>
public static class PooledMeans
{
    /// <summary>For how many events the model counts in each group's variance.</summary>
    public const double Borrowed = 100;

    /// <param name="groups">At least one; each with at least one member.</param>
    /// <param name="credibility">Of the intervals, strictly between 0 and 1.</param>
    /// <param name="eventSize">What one event is worth where none was seen in these groups, such as the mean order of the shop; above 0 where it
    /// is known. Where events were seen theirs counts.</param>
    /// <exception cref="ArgumentException">No group, or an empty one.</exception>
    public static ShrunkenEffects Of(IReadOnlyList<GroupSums> groups, double credibility = 0.9, double eventSize = 0)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0 || groups.Any(g => g.Count < 1))
            throw new ArgumentException("At least one group is needed, and each needs a member.", nameof(groups));
        double members = groups.Sum(g => g.Count);
        var mean = groups.Sum(g => g.Sum) / members;
        var squares = groups.Sum(g => g.SquareSum);
        var size = squares > 0 ? squares / Math.Max(Math.Abs(groups.Sum(g => g.Sum)), Math.Sqrt(squares)) : eventSize;
        // Where nothing is known of an event's size either, a sliver keeps the method defined.
        var within = Math.Max((groups.Sum(g => g.SquareSum - g.Sum * g.Mean) + size * size) / (members + 1), 1e-12);
        var first = SegmentShrinkage.MeansOf([.. groups.Select(g => (g.Mean, Math.Sqrt(within / g.Count)))]);
        var shrunken = SegmentShrinkage.Of(
            [.. groups.Zip(first, (g, effect) => (g.Mean, Math.Sqrt(Variance(g, effect, mean, within) / g.Count)))],
            credibility
        );
        return shrunken with { Segments = [.. shrunken.Segments.Select(s => Widened(s, groups.Count, credibility))] };
    }

    /// <summary>
    /// How far groups differ is learned from few of them: what an estimate takes from the others is as uncertain as Student's t with one degree
    /// of freedom fewer than groups says (J. Hartung and G. Knapp, Statistics in Medicine 20 (2001) 3875–3889).
    /// </summary>
    private static SegmentEffect Widened(SegmentEffect effect, int groups, double credibility)
    {
        if (groups < 2)
            return effect;
        // Two groups would make it a Cauchy distribution, which says nothing; three are the least that do.
        var t = StudentDistribution.Quantile((1 + credibility) / 2, Math.Max(2, groups - 1));
        var factor = effect.Weight + (1 - effect.Weight) * t / NormalDistribution.TwoSidedCriticalValue(credibility);
        return effect with
        {
            Lower = effect.Effect - factor * (effect.Effect - effect.Lower),
            Upper = effect.Effect + factor * (effect.Upper - effect.Effect),
        };
    }

    private static double Variance(GroupSums group, double shrunken, double mean, double within)
    {
        // Refunds can make a mean negative, and a tenth of the whole's is as sure of itself as a group may be.
        var model = mean > 0 ? within * Math.Max(0.1, shrunken / mean) : within;
        var own = Math.Max(0, group.SquareSum / group.Count - group.Mean * group.Mean);
        var events = group.SquareSum > 0 ? group.Sum * group.Sum / group.SquareSum : 0;
        return (Borrowed * model + events * own) / (Borrowed + events);
    }
}
