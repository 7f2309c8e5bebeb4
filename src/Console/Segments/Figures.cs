namespace MarketingPlatform.Console.Segments;

/// <summary>As <c>GET /api/v1/segments</c> lists them.</summary>
internal sealed record Segment(Guid Id, string Key, string Name, string Kind, string Description, long Size, DateTimeOffset UpdatedAt);

/// <summary>As <c>GET /api/v1/segments/{segment}/members</c> lists them.</summary>
internal sealed record Member(Guid CustomerId, DateTimeOffset EnteredAt, int? RecencyDays, int? Frequency, decimal? Monetary);

/// <summary>As <c>GET /api/v1/segments/{segment}/sizes</c> answers.</summary>
internal sealed record Sizes(IReadOnlyList<Sizes.OfDay> Days)
{
    internal sealed record OfDay(string Day, long Size);
}

/// <summary>As <c>GET /api/v1/segments/{segment}</c> answers.</summary>
internal sealed record SegmentDetail(
    string Key,
    string Name,
    string Description,
    string? Text,
    string? Words,
    bool ForAds,
    int Version,
    bool UpToDate,
    long Size
);

/// <summary>As <c>POST /api/v1/segments/preview</c> answers.</summary>
internal sealed record Preview(long Size, long Customers, IReadOnlyList<Guid> Sample, string Words);

/// <summary>As <c>GET /api/v1/segments/rfm</c> answers.</summary>
internal sealed record RfmGrid(string? Currency, IReadOnlyList<RfmGrid.Cell> Cells)
{
    internal sealed record Cell(int R, int Value, string Segment, string Name, long Customers, decimal Monetary);
}

/// <summary>As <c>GET /api/v1/segments/channels</c> answers.</summary>
internal sealed record Channels(int Days, string Currency, IReadOnlyList<Channels.Cell> Cells)
{
    internal sealed record Cell(string Channel, int Reach, Pooled Conversion, Pooled Revenue, double Cost, Pooled Net);

    internal sealed record Pooled(double Estimate, double Lower, double Upper);
}

/// <summary>As <c>GET /api/v1/segments/{segment}/reach</c> answers.</summary>
internal sealed record Reach(IReadOnlyList<Reach.Way> Channels, long Unreachable)
{
    internal sealed record Way(string Channel, long Members);
}

/// <summary>As <c>GET /api/v1/segments/{segment}/fairness</c> answers.</summary>
internal sealed record Fairness(IReadOnlyList<Fairness.OfAttribute> Attributes)
{
    internal sealed record OfAttribute(string Attribute, IReadOnlyList<OfGroup> Groups);

    internal sealed record OfGroup(string Group, long Customers, double Rate, Bounds? Ratio, bool Flagged);

    internal sealed record Bounds(double Estimate, double Lower, double Upper);
}
