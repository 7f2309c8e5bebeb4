namespace MarketingPlatform.Email.Sending.Limits;

/// <summary>At most <paramref name="Max"/> mails in any <paramref name="Window"/>.</summary>
/// <param name="Scope">What is counted ("route default", "default gmail.com", "send …").</param>
internal sealed record RollingLimit(string Scope, int Max, TimeSpan Window)
{
    private const int BucketsInWindow = 12;

    /// <summary>Name of the count: the same scope may be limited by the hour and by the day.</summary>
    public string Key => $"{Scope} / {Window}";

    public TimeSpan Width => Window / BucketsInWindow;

    public DateTimeOffset BucketOf(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % Width.Ticks, TimeSpan.Zero);
}

/// <summary>A count of one bucket.</summary>
internal sealed record LimitUse(string Scope, DateTimeOffset Bucket, int Used);

/// <summary>
/// What the limits have let through, and what is planned for later. Counts lie in buckets of a twelfth of the window; a bucket counts
/// until its last moment is out of the window, so no window of that length ever holds more than the limit.
/// </summary>
internal sealed class LimitBook(IEnumerable<LimitUse> uses)
{
    private readonly Dictionary<string, SortedDictionary<DateTimeOffset, int>> used = uses.GroupBy(use => use.Scope)
        .ToDictionary(
            group => group.Key,
            group => new SortedDictionary<DateTimeOffset, int>(group.ToDictionary(use => use.Bucket.ToUniversalTime(), use => use.Used))
        );

    /// <returns>How many more may leave at <paramref name="at"/>.</returns>
    public int RoomAt(RollingLimit limit, DateTimeOffset at) =>
        used.TryGetValue(limit.Key, out var buckets)
            ? Math.Max(0, limit.Max - buckets.Where(bucket => Counts(limit, bucket.Key, at)).Sum(bucket => bucket.Value))
            : limit.Max;

    /// <returns>The first moment, <paramref name="from"/> or later, with room in every limit; null where one lets nothing through ever.</returns>
    public DateTimeOffset? FirstRoom(IReadOnlyCollection<RollingLimit> limits, DateTimeOffset from)
    {
        var at = from;
        while (true)
        {
            var full = limits.FirstOrDefault(limit => RoomAt(limit, at) == 0);
            if (full is null)
                return at;
            if (full.Max == 0)
                return null;
            // The oldest bucket that still counts is the first to leave.
            var oldest = used[full.Key].First(bucket => Counts(full, bucket.Key, at)).Key;
            at = oldest + full.Width + full.Window;
        }
    }

    public void Take(IEnumerable<RollingLimit> limits, DateTimeOffset at, int count = 1)
    {
        foreach (var limit in limits)
        {
            if (!used.TryGetValue(limit.Key, out var buckets))
                used[limit.Key] = buckets = [];
            var bucket = limit.BucketOf(at);
            buckets[bucket] = buckets.GetValueOrDefault(bucket) + count;
        }
    }

    // A plan for later fills its bucket from its first moment on.
    private static bool Counts(RollingLimit limit, DateTimeOffset bucket, DateTimeOffset at) =>
        bucket <= at && bucket + limit.Width + limit.Window > at;
}
