namespace MarketingPlatform.Contracts.Segmentation;

/// <summary>
/// What a channel does in a segment, a customer reached: measured every night. The reader keeps the latest by <paramref name="At"/> for each
/// segment and channel.
/// </summary>
/// <param name="Segment">The segment's key.</param>
/// <param name="Reach">Customers of the segment whom the channel reached.</param>
/// <param name="Conversion">Share of them who bought after it, 0 to 1; small segments are drawn towards the others.</param>
/// <param name="Revenue">What one of them brought, in <paramref name="Currency"/>, with its 90 % interval.</param>
/// <param name="Cost">What reaching one of them cost.</param>
public sealed record ChannelEffectivenessMeasured(
    string Segment,
    string Channel,
    int Reach,
    double Conversion,
    double Revenue,
    double RevenueLower,
    double RevenueUpper,
    double Cost,
    string Currency,
    DateTimeOffset At
);
