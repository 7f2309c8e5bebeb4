namespace MarketingPlatform.Email.Sending.Limits;

/// <summary>Bound from <c>Email:WarmUp</c>: how fast a new sender may become known to a provider.</summary>
internal sealed class WarmUpOptions
{
    /// <value>Default false: right where a provider's shared servers send (Google, Microsoft, SES). True for a server of your own.</value>
    public bool Enabled { get; init; }

    /// <value>Mails to one domain on the first day. Default 100.</value>
    public int Start { get; init; } = 100;

    /// <value>How many times the best day so far the next one may have. Default 2, as providers advise.</value>
    public double Growth { get; init; } = 2;

    /// <value>From this many a day on there is no limit. Default 20,000.</value>
    public int FullSpeed { get; init; } = 20_000;
}

/// <summary>
/// Warm-up by itself: a day may hold a multiple of the best day of the last thirty, for each route and recipient domain. Who stops
/// sending for a month begins again, as reputation does.
/// </summary>
internal static class WarmUp
{
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    /// <returns>Mails a day, or null for no limit.</returns>
    public static int? DailyLimit(int bestDay, WarmUpOptions options)
    {
        if (!options.Enabled || bestDay >= options.FullSpeed)
            return null;
        var limit = Math.Max(options.Start, (int)Math.Min(int.MaxValue, bestDay * options.Growth));
        return limit >= options.FullSpeed ? null : limit;
    }
}
