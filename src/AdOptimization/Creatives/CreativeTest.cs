namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>What a creative is to bring for each time it is shown.</summary>
internal static class CreativeMetrics
{
    public const string Clicks = "clicks";
    public const string Conversions = "conversions";

    /// <summary>Conversions times what one of the creative's is worth.</summary>
    public const string Value = "value";

    public static readonly string[] All = [Clicks, Conversions, Value];
}

/// <summary>How showings are shared.</summary>
internal static class CreativeMethods
{
    /// <summary>A/B/n: evenly among those that are not paused.</summary>
    public const string Split = "split";

    /// <summary>Thompson sampling in each segment; segments lend each other what they have in common.</summary>
    public const string Thompson = "thompson";

    public static readonly string[] All = [Split, Thompson];
}

/// <summary>Creatives of one ad set that are tried against each other, in each segment for itself.</summary>
/// <param name="MinimumShare">Of a segment's showings, for each creative that is not paused.</param>
/// <param name="HalfLifeDays">Days after which a day counts half; with <see cref="CreativeMethods.Split"/> all count the same.</param>
internal sealed record CreativeTest(
    Guid Id,
    string Name,
    string Channel,
    string Campaign,
    string AdSet,
    string Metric,
    string Method,
    string[] Creatives,
    double MinimumShare,
    double HalfLifeDays,
    DateOnly StartsOn,
    int Seed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StoppedAt
);

/// <summary>A creative's day in a segment.</summary>
/// <param name="Reach">People who saw it that day; null where that is not known.</param>
internal sealed record CreativeDay(
    string Segment,
    string Creative,
    DateOnly Date,
    decimal Spend,
    string Currency,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal? Value,
    long? Reach
);

/// <summary>Response that falls the more often people have seen a creative.</summary>
/// <param name="Change">Of the response from first to now: −0.4 is a fall by 40 %; with a 90 % interval.</param>
/// <param name="Frequency">How often a person has seen it by now on average; null where reach is not known.</param>
/// <param name="Sentence">What is to be done.</param>
internal sealed record Fatigue(double Change, double Lower, double Upper, double? Frequency, string Sentence);

/// <summary>How a creative stands in a segment.</summary>
/// <param name="Segment">Null where rows name none.</param>
/// <param name="Rate">Of the metric by impressions, with a 90 % interval: as reported for a split, with what segments share for Thompson.</param>
/// <param name="ProbabilityOfBest">Among those that are not paused.</param>
/// <param name="Share">Of the segment's showings from now on: the propensity.</param>
/// <param name="Status"><c>active</c> or <c>paused</c>.</param>
/// <param name="Reason">Why it is paused, or that it is back.</param>
/// <param name="Since">Evidence from this day on counts: it was resumed the day before.</param>
internal sealed record CreativeArm(
    string? Segment,
    string Creative,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal Spend,
    decimal? Value,
    double? Rate,
    double? Lower,
    double? Upper,
    double ProbabilityOfBest,
    double Share,
    string Status,
    string? Reason,
    DateOnly? Since,
    Fatigue? Fatigue
)
{
    public const string Active = "active";
    public const string Paused = "paused";
}
