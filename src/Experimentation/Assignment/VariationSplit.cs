namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>The assignment of one experiment, made ready for millions of units; immutable and free of allocation.</summary>
/// <remarks>The same units get the same variations as from <see cref="Assigner"/> and any GrowthBook SDK with the same definition; conditions
/// on attributes and sticky buckets are the assigner's.</remarks>
public sealed class VariationSplit
{
    private readonly string _seed;
    private readonly uint _seeded;
    private readonly int _version;
    private readonly BucketRange[] _ranges;
    private readonly Namespace? _namespace;
    private readonly HoldOut? _holdOut;

    /// <param name="seed">Usually the experiment's key.</param>
    /// <param name="ranges">One a variation, from <see cref="Buckets.Ranges"/>.</param>
    /// <param name="version">Hash version, 1 or 2.</param>
    /// <param name="within">The slice of a namespace that the experiment keeps to, if any.</param>
    /// <param name="holdOut">Units that are left out, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">A version that does not exist.</exception>
    public VariationSplit(
        string seed,
        IReadOnlyList<BucketRange> ranges,
        int version = 2,
        Namespace? within = null,
        HoldOut? holdOut = null
    )
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(ranges);
        if (version is not (1 or 2))
            throw new ArgumentOutOfRangeException(nameof(version), version, "There are the hash versions 1 and 2.");
        (_seed, _seeded, _version, _ranges) = (seed, BucketHash.Fnv1a(seed), version, [.. ranges]);
        (_namespace, _holdOut) = (within, holdOut);
    }

    /// <summary>The unit's variation.</summary>
    /// <returns>Its number from 0, or −1 when the unit takes no part.</returns>
    public int Assign(ReadOnlySpan<char> unit)
    {
        if (unit.IsEmpty || _holdOut?.Holds(unit) == true || _namespace?.Holds(unit) == false)
            return -1;
        var bucket = _version == 2 ? BucketHash.Second(_seeded, unit) : BucketHash.First(_seed, unit);
        return Buckets.Choose(bucket, _ranges);
    }
}
