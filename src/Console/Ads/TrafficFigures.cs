namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/traffic</c> answers.</summary>
internal sealed record Traffic(DateOnly From, DateOnly To, string Currency, IReadOnlyList<TrafficOfCampaign> Items);

internal sealed record TrafficOfCampaign(
    string Channel,
    string? Campaign,
    long Gross,
    long Net,
    long Crawlers,
    long RepeatedIds,
    long Bursts,
    long ImpossibleRates,
    long Orders,
    decimal Revenue,
    long? ReportedClicks,
    decimal? ReportedValue
)
{
    public string InvalidText =>
        string.Join(
            ", ",
            new[] { (Crawlers, "crawlers"), (RepeatedIds, "repeated ids"), (Bursts, "in bursts"), (ImpossibleRates, "at impossible rates") }
                .Where(reason => reason.Item1 > 0)
                .Select(reason => $"{Shell.Text.Number(reason.Item1)} {reason.Item2}")
        );
}

/// <summary>As <c>GET /api/v1/ads/attribution</c> answers.</summary>
internal sealed record Attribution(int Orders, IReadOnlyList<AttributedChannel> Channels);

internal sealed record AttributedChannel(
    string Channel,
    decimal? Spend,
    decimal? Reported,
    double LastTouch,
    double Linear,
    double Markov,
    double Shapley,
    double? Incremental,
    string? HoldOut
);
