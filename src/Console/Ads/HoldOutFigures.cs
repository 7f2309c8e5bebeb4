namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/hold-outs</c> lists them.</summary>
internal sealed record HoldOut(
    string Name,
    string Channel,
    DateOnly StartsOn,
    DateOnly EndsOn,
    IReadOnlyList<string> Advertised,
    IReadOnlyList<string> Held,
    HoldOutResult? Result
);

internal sealed record HoldOutResult(string Sentence, IReadOnlyList<string> Notes);

/// <summary>As <c>GET /api/v1/ads/audience-hold-outs</c> lists them.</summary>
internal sealed record AudienceHoldOut(
    Guid Id,
    string Name,
    string Channel,
    string Segment,
    DateOnly StartsOn,
    DateOnly EndsOn,
    int Exposed,
    int Held,
    HoldOutResult? Result,
    DateTimeOffset? AnalysedAt
);

/// <summary>As <c>GET /api/v1/segments</c> lists them.</summary>
internal sealed record SegmentToHold(string Key, string Name, long Size);
