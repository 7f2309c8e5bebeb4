using MarketingPlatform.Contracts.Email;

namespace MarketingPlatform.Email.Tracking;

/// <summary>An open or a click as it came in.</summary>
internal sealed record RawMailEvent(Guid Id, TrackedKind Kind, int? Link, int? Links, string UserAgent, bool IsHead, DateTimeOffset At);

/// <summary>
/// Tells people from machines. The rules, in order; the first that fits an event labels it:
/// <list type="number">
/// <item>it is a HEAD request, has no user agent, or one that names a robot, a library or a mail-security product: scanner;</item>
/// <item>within <see cref="TrapWindow"/> of it, the same user agent followed the link that nobody sees: scanner;</item>
/// <item>a click within <see cref="TooSoon"/> of the sending: scanner;</item>
/// <item>a click in a burst: <see cref="BurstLinks"/> different links within <see cref="BurstWindow"/>, or every link of a mail
/// with two or more within <see cref="AllLinksWindow"/>: scanner;</item>
/// <item>an open by Apple's Mail Privacy Protection (its user agent is "Mozilla/5.0" and no more), or within <see cref="TooSoon"/> of
/// the sending: privacy proxy;</item>
/// <item>else human. The image proxies of Gmail and Yahoo fetch when a person opens, so they count as human.</item>
/// </list>
/// </summary>
internal static class EventLabels
{
    public static readonly TimeSpan TrapWindow = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan TooSoon = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan BurstWindow = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan AllLinksWindow = TimeSpan.FromSeconds(10);
    public const int BurstLinks = 3;

    /// <summary>After this an event's neighbours are known and its label is final.</summary>
    public static readonly TimeSpan SettlesAfter = TrapWindow;

    private const string ApplePrivacy = "Mozilla/5.0";

    private static readonly string[] Machines =
    [
        "bot",
        "crawl",
        "spider",
        "scan",
        "curl/",
        "wget/",
        "python",
        "go-http-client",
        "java/",
        "okhttp",
        "axios",
        "node-fetch",
        "libwww",
        "headless",
        "phantomjs",
        "barracuda",
        "proofpoint",
        "mimecast",
        "symantec",
        "fortinet",
        "trendmicro",
        "ironport",
        "safelinks",
        "urldefense",
    ];

    /// <param name="events">All events of one mail.</param>
    /// <param name="sentAt">Null where it is not known.</param>
    public static string Of(RawMailEvent e, IReadOnlyList<RawMailEvent> events, DateTimeOffset? sentAt)
    {
        if (e.Kind == TrackedKind.Trap || e.IsHead || IsMachine(e.UserAgent))
            return MailEventLabels.Scanner;
        if (events.Any(trap => trap.Kind == TrackedKind.Trap && trap.UserAgent == e.UserAgent && Apart(trap, e) <= TrapWindow))
            return MailEventLabels.Scanner;
        var isSoon = sentAt is { } sent && e.At - sent < TooSoon;
        if (e.Kind == TrackedKind.Click)
            return isSoon || IsBurst(e, events) ? MailEventLabels.Scanner : MailEventLabels.Human;
        return isSoon || e.UserAgent.Trim() == ApplePrivacy ? MailEventLabels.PrivacyProxy : MailEventLabels.Human;
    }

    private static bool IsMachine(string userAgent) =>
        string.IsNullOrWhiteSpace(userAgent) || Machines.Any(name => userAgent.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsBurst(RawMailEvent e, IReadOnlyList<RawMailEvent> events)
    {
        var clicks = events.Where(other => other.Kind == TrackedKind.Click).ToList();
        // Every window of that length that holds the event.
        return clicks.Any(first =>
            (first.At <= e.At && e.At - first.At <= BurstWindow && LinksFrom(clicks, first.At, BurstWindow) >= BurstLinks)
            || (
                first.At <= e.At
                && e.At - first.At <= AllLinksWindow
                && e.Links is >= 2 and var all
                && LinksFrom(clicks, first.At, AllLinksWindow) >= all
            )
        );
    }

    private static int LinksFrom(List<RawMailEvent> clicks, DateTimeOffset from, TimeSpan window) =>
        clicks.Where(click => click.At >= from && click.At - from <= window).Select(click => click.Link).Distinct().Count();

    private static TimeSpan Apart(RawMailEvent a, RawMailEvent b) => (a.At - b.At).Duration();
}
