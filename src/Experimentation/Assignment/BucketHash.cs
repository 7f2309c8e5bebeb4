using System.Globalization;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>Where a unit falls between 0 and 1 for a seed: the same on every machine and in every GrowthBook SDK.</summary>
/// <remarks>
/// FNV-1a, 32 bits (Fowler, Noll, Vo; RFC 9923), over UTF-16 code units as GrowthBook's JavaScript SDK takes them, which for ASCII
/// are the bytes. Version 1 hashes the value and then the seed, in steps of 1/1,000; experiments of one unit are then correlated.
/// Version 2 hashes the decimal digits of the hash once more, in steps of 1/10,000, and is the one for new experiments.
/// </remarks>
public static class BucketHash
{
    private const uint Prime = 16777619;

    /// <summary>The bucket of a unit.</summary>
    /// <param name="seed">Usually the experiment's key; another seed shuffles anew.</param>
    /// <param name="unit">The id of a customer, device or company.</param>
    /// <param name="version">1 or 2.</param>
    /// <returns>0 to 0.9999; null for an unknown version.</returns>
    public static double? Of(ReadOnlySpan<char> seed, ReadOnlySpan<char> unit, int version = 2) =>
        version switch
        {
            1 => First(seed, unit),
            2 => Second(Fnv1a(seed), unit),
            _ => null,
        };

    internal static double First(ReadOnlySpan<char> seed, ReadOnlySpan<char> unit) => Fnv1a(seed, Fnv1a(unit)) % 1_000 / 1_000.0;

    /// <param name="seeded">The state after the seed was hashed, so that an experiment hashes its seed once.</param>
    internal static double Second(uint seeded, ReadOnlySpan<char> unit)
    {
        Span<char> digits = stackalloc char[10];
        Fnv1a(unit, seeded).TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Fnv1a(digits[..length]) % 10_000 / 10_000.0;
    }

    /// <summary>FNV-1a of a text, or its continuation.</summary>
    /// <param name="text">Hashed by UTF-16 code units.</param>
    /// <param name="state">The hash of what comes before it; default that of nothing.</param>
    /// <returns>32 bits.</returns>
    public static uint Fnv1a(ReadOnlySpan<char> text, uint state = 2166136261)
    {
        foreach (var unit in text)
            state = (state ^ unit) * Prime;
        return state;
    }
}
