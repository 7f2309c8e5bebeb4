using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Segmentation;

/// <summary>What a marketer or an operator may tune; bound from the section <c>Segmentation</c>.</summary>
internal sealed class SegmentationOptions
{
    public const string Section = "Segmentation";

    /// <value>How long after the first event a customer counts as new. Default 30 days; between 1 hour and 10 years.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan NewWindow { get; init; } = TimeSpan.FromDays(30);

    /// <value>How long after the last order a customer counts as lapsed. Default 90 days; between 1 hour and 10 years.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan LapsedAfter { get; init; } = TimeSpan.FromDays(90);

    /// <value>Shortest time between two evaluations while data keeps coming. Default 2 seconds; between 50 ms and 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan RecomputeDebounce { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>
    /// Longest time between two evaluations, for what becomes true by time passing. Default 1 minute; between 1 second and 1 day.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RecomputeInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Changes of membership that share a transaction, so that a first import does not fill memory. Default 10,000.</value>
    [Range(1, 100_000)]
    public int ChangesPerTransaction { get; init; } = 10_000;
}
