using System.Globalization;

namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/creative-tests</c> lists them.</summary>
internal sealed record CreativeTest(
    Guid Id,
    string Name,
    string Channel,
    string? Campaign,
    string? AdSet,
    string Metric,
    string Method,
    DateOnly StartsOn,
    string Status,
    IReadOnlyList<CreativeArm> Arms
)
{
    public string Place => string.Join(" / ", new[] { Channel, Campaign, AdSet }.Where(part => !string.IsNullOrEmpty(part)));
}

internal sealed record CreativeArm(
    string? Segment,
    string Creative,
    long Impressions,
    double? Rate,
    double? Lower,
    double? Upper,
    double ProbabilityOfBest,
    double Share,
    string Status,
    string? Reason,
    CreativeFatigue? Fatigue
)
{
    public bool IsPaused => Status == "paused";

    public string RateText => Rate is null ? "–" : $"{Percent(Rate)} ({Percent(Lower)}–{Percent(Upper)})";

    private static string Percent(double? share) => ((share ?? 0) * 100).ToString("0.0#", CultureInfo.InvariantCulture) + " %";
}

internal sealed record CreativeFatigue(string Sentence);

/// <summary>Body of <c>POST /api/v1/ads/creative-tests</c>.</summary>
internal sealed record CreativeTestWanted(
    string Name,
    string Channel,
    string? Campaign,
    string? AdSet,
    IReadOnlyList<string> Creatives,
    string Metric,
    string Method
);
