using System.Globalization;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>Bound from <c>Email:Breaker</c>: when a send stops by itself.</summary>
internal sealed class BreakerOptions
{
    /// <value>Share of mails whose address does not exist. Default 5 %: providers begin to throttle there; 1 means never.</value>
    public double MaxBounceRate { get; init; } = 0.05;

    /// <value>Share of mails that were reported as spam. Default 0.3 %, which Gmail and Yahoo name as the limit; 1 means never.</value>
    public double MaxComplaintRate { get; init; } = 0.003;

    /// <value>Fewer mails prove nothing. Default 50.</value>
    public int MinMails { get; init; } = 50;

    /// <value>How many of the latest mails of a send count. Default 500.</value>
    public int Window { get; init; } = 500;
}

/// <summary>How the latest mails of a send fared.</summary>
internal sealed record RecentMails(int Mails, int Bounced, int Complained);

/// <summary>
/// Pauses a send whose list is bad before it costs the sender's reputation. A rate counts as too high when the lower end of its 95 %
/// Wilson interval is: nine bounces among the first hundred mails do not stop a newsletter, and thirty do.
/// </summary>
internal static class SendBreaker
{
    private const double Confidence = 0.95;

    /// <returns>Why the send must pause, or null.</returns>
    public static string? Decide(RecentMails recent, BreakerOptions options)
    {
        if (recent.Mails < Math.Max(1, options.MinMails))
            return null;
        if (IsOver(recent.Bounced, recent.Mails, options.MaxBounceRate))
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{recent.Bounced} of the last {recent.Mails} addresses do not exist, more than {options.MaxBounceRate:P1} is too many: clean the list, then resume."
            );
        if (IsOver(recent.Complained, recent.Mails, options.MaxComplaintRate))
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{recent.Complained} of the last {recent.Mails} mails were reported as spam, more than {options.MaxComplaintRate:P1} is too many: mail only who expects it, then resume."
            );
        return null;
    }

    private static bool IsOver(int events, int mails, double limit) =>
        limit < 1 && events > 0 && WilsonInterval.Of(new(events, mails), Confidence).Lower > limit;
}
