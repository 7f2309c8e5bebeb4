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
