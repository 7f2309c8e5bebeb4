using MarketingPlatform.Customers.Profiles;

namespace MarketingPlatform.Customers.Identity;

/// <summary>Takes a merged profile apart. No I/O.</summary>
internal static class Parting
{
    /// <param name="current">The person as merged.</param>
    /// <param name="parts">What each id that is this person said of itself.</param>
    /// <param name="leaving">Ids that go.</param>
    /// <param name="leavingUserIds">User ids that go with them.</param>
    /// <param name="from">The id under which they go.</param>
    /// <returns>
    /// Each as the fold of its own parts. What the person became after the merge, and no part explains, stays: it was said of the one who
    /// stays.
    /// </returns>
    public static (Profile Restored, Profile Remaining) Part(
        Profile current,
        IReadOnlyCollection<Profile> parts,
        IReadOnlySet<Guid> leaving,
        IReadOnlySet<string> leavingUserIds,
        Guid from
    )
    {
        var restored = Fold(parts.Where(part => leaving.Contains(part.Id)), from)!;
        var whole = Fold(parts, current.Id)!;
        var later = current with
        {
            Traits = current
                .Traits.Where(trait =>
                    !whole.Traits.TryGetValue(trait.Key, out var told) || told.At != trait.Value.At || !Same(told, trait.Value)
                )
                .ToDictionary(),
            UserId = null,
            FirstSeenAt = current.FirstSeenAt < whole.FirstSeenAt ? current.FirstSeenAt : current.LastSeenAt,
            LastSeenAt = current.LastSeenAt,
        };
        var own = Fold(parts.Where(part => !leaving.Contains(part.Id)), current.Id);
        var remaining = (own ?? later).With(later) with
        {
            UserId = current.UserId is { } user && !leavingUserIds.Contains(user) ? user : own?.UserId,
            Version = current.Version,
        };
        // Where nothing came after the merge, the one who stays was last seen when its own parts were.
        if (own is not null && current.LastSeenAt <= whole.LastSeenAt)
            remaining = remaining with { LastSeenAt = own.LastSeenAt };
        return (restored, remaining);
    }

    /// <summary>The part of the id itself comes first: its version and its user id count.</summary>
    private static Profile? Fold(IEnumerable<Profile> parts, Guid id)
    {
        Profile? folded = null;
        foreach (var part in parts.OrderBy(part => part.Id != id).ThenBy(part => part.Id))
            folded = folded is null ? part with { Id = id } : folded.With(part);
        return folded;
    }

    private static bool Same(Trait one, Trait other) => System.Text.Json.JsonElement.DeepEquals(one.V, other.V);
}
