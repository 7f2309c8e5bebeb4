namespace MarketingPlatform.Contracts.Segmentation;

/// <summary>A customer now belongs to a segment. Exactly once a change.</summary>
/// <param name="Segment">The segment's stable key ("lapsed"), for readers that name segments in their own settings.</param>
public sealed record SegmentEntered(Guid CustomerId, Guid SegmentId, string Segment, DateTimeOffset At);

/// <summary>A customer no longer belongs to a segment. Exactly once a change.</summary>
public sealed record SegmentLeft(Guid CustomerId, Guid SegmentId, string Segment, DateTimeOffset At);
