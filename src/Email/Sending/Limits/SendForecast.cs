namespace MarketingPlatform.Email.Sending.Limits;

/// <summary>When a send will be through, as far as limits and the measured speed tell; pauses and back-off are not foreseen.</summary>
internal static class SendForecast
{
    /// <summary>Enough for 20,000 mails at one a day; beyond it the answer is no help to anybody.</summary>
    private const int MaxSteps = 20_000;

    /// <param name="remaining">Mails that have not left.</param>
    /// <param name="routes">The limits of each route that can take them.</param>
    /// <param name="send">The send's own limits.</param>
    /// <param name="perSecond">What all connections reach together; null while nothing was measured.</param>
    /// <returns>Null where it cannot be said, or never.</returns>
    public static DateTimeOffset? LastLeavesAt(
        int remaining,
        IReadOnlyList<IReadOnlyList<RollingLimit>> routes,
        IReadOnlyList<RollingLimit> send,
        LimitBook book,
        double? perSecond,
        DateTimeOffset now
    )
    {
        if (remaining == 0)
            return now;
        var bySpeed = perSecond is > 0 ? now + TimeSpan.FromSeconds(remaining / perSecond.Value) : (DateTimeOffset?)null;
        if (routes.All(limits => limits.Count == 0) && send.Count == 0)
            return bySpeed;
        var at = now;
        for (var step = 0; step < MaxSteps; step++)
        {
            foreach (var route in routes)
            {
                RollingLimit[] limits = [.. route, .. send];
                var room = limits.Length == 0 ? remaining : Math.Min(remaining, limits.Min(limit => book.RoomAt(limit, at)));
                if (room == 0)
                    continue;
                book.Take(limits, at, room);
                remaining -= room;
                if (remaining == 0)
                    return bySpeed > at ? bySpeed : at;
            }
            var next = routes.Select(route => book.FirstRoom([.. route, .. send], at)).Where(room => room is not null).Min();
            if (next is not { } later)
                return null;
            at = later;
        }
        return null;
    }
}
