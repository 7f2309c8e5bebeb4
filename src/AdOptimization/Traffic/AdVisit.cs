using System.Text.RegularExpressions;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>A page view that an advert led to. Names that are not known are the empty string.</summary>
/// <param name="Source">utm_source, lower case.</param>
/// <param name="Channel">By medium or click id: search, social, display, …</param>
/// <param name="AdSet">utm_term; <paramref name="Creative"/> is utm_content.</param>
internal sealed record AdVisit(
    Guid EventId,
    Guid CustomerId,
    DateTimeOffset At,
    string ClickKind,
    string ClickId,
    string Source,
    string Channel,
    string Campaign,
    string AdSet,
    string Creative,
    bool IsMachine
)
{
    /// <summary>
    /// The visit that an event tells of. Paid is what carries a click id that only adverts have, or a medium that stands for one (the rules of
    /// Google Analytics' default channel groups); social networks put theirs on unpaid links too, so those need a campaign.
    /// </summary>
    /// <returns>Null where no advert led to it.</returns>
    public static AdVisit? Of(BehaviourEvent e)
    {
        if (e.Ad is not { } ad)
            return null;
        var medium = PerformanceRules.ChannelOf(ad.Medium ?? "");
        var channel =
            AdVisitRules.PaidSearchIds.Contains(ad.ClickIdKind) ? "search"
            : AdVisitRules.PaidMedium().IsMatch(medium) ? ChannelOf(medium, ad)
            : ad is { ClickId: not null, Campaign: not null } ? "social"
            : null;
        return channel is null
            ? null
            : new(
                e.EventId,
                e.CustomerId,
                e.At,
                ad.ClickIdKind ?? "",
                ad.ClickId ?? "",
                PerformanceRules.ChannelOf(ad.Source ?? ""),
                channel,
                ad.Campaign ?? "",
                ad.Term ?? "",
                ad.Content ?? "",
                ad.UserAgent is { } agent && AdVisitRules.IsMachine(agent)
            );
    }

    private static string ChannelOf(string medium, AdClick ad) =>
        medium.Contains("social", StringComparison.Ordinal) || (ad.ClickIdKind is { } kind && !AdVisitRules.PaidSearchIds.Contains(kind))
            ? "social"
        : AdVisitRules.Display().IsMatch(medium) ? "display"
        : "search";
}

internal static partial class AdVisitRules
{
    public static readonly string?[] PaidSearchIds = ["gclid", "gbraid", "wbraid", "msclkid"];

    /// <summary>Parts of user agents of crawlers, monitors and libraries, lower case: what names itself a machine is one.</summary>
    private static readonly string[] Machines =
    [
        "bot",
        "crawl",
        "spider",
        "slurp",
        "facebookexternalhit",
        "mediapartners",
        "headless",
        "phantomjs",
        "lighthouse",
        "pingdom",
        "curl/",
        "wget/",
        "python-",
        "go-http-client",
        "java/",
        "okhttp",
        "axios/",
        "node-fetch",
    ];

    public static bool IsMachine(string userAgent) =>
        Machines.Any(machine => userAgent.Contains(machine, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A(.*cp.*|ppc|retargeting|paid.*|display|banner|expandable|interstitial)\z")]
    public static partial Regex PaidMedium();

    [GeneratedRegex(@"\A(display|banner|expandable|interstitial|cpm|retargeting)\z")]
    public static partial Regex Display();
}
