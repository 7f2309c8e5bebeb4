namespace MarketingPlatform.Customers.Collect;

/// <summary>When an event happened, by our clock.</summary>
internal static class EventTime
{
    /// <summary>A difference this small is the time on the wire, not a wrong clock.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <param name="timestamp">By the sender's clock; null where it said nothing.</param>
    /// <param name="sentAt">When the sender sent it, by the same clock.</param>
    /// <returns>
    /// The time corrected by the difference of the clocks, neither in the future nor before 1970 (some languages send an empty time as year 1).
    /// </returns>
    public static DateTimeOffset Of(DateTimeOffset? timestamp, DateTimeOffset? sentAt, DateTimeOffset receivedAt)
    {
        if (timestamp is not { } at)
            return receivedAt;
        var ticks = at.UtcTicks;
        if (sentAt is { } sent && (receivedAt - sent).Duration() > Tolerance)
            ticks += (receivedAt - sent).Ticks;
        return new DateTimeOffset(Math.Clamp(ticks, DateTime.UnixEpoch.Ticks, receivedAt.UtcTicks), TimeSpan.Zero);
    }
}
