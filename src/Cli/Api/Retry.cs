using System.Net;
using System.Net.Http.Headers;

namespace MarketingPlatform.Cli.Api;

/// <summary>Whether a request is repeated, and after what time.</summary>
internal static class Retry
{
    /// <summary>How long one request is repeated before the command gives up: longer than a restart of the platform.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <param name="status">Null where no answer came at all.</param>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="elapsed">Since the first attempt began.</param>
    /// <returns>The pause before the next attempt; null: do not repeat.</returns>
    public static TimeSpan? PauseAfter(
        HttpStatusCode? status,
        RetryConditionHeaderValue? retryAfter,
        int attempt,
        TimeSpan elapsed,
        DateTimeOffset now
    )
    {
        var passes =
            status
            is null
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

        // A 500 may be a defect that every repetition meets again: a few attempts, not five minutes of them.
        if (!passes || (status == HttpStatusCode.InternalServerError && attempt >= 4))
            return null;

        var pause =
            Asked(retryAfter, now) ?? TimeSpan.FromMilliseconds(Math.Min(250 * Math.Pow(2, attempt - 1), LongestPause.TotalMilliseconds));
        return elapsed + pause > Patience ? null : pause;
    }

    private static TimeSpan? Asked(RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var asked = retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date - now : null);
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }
}
