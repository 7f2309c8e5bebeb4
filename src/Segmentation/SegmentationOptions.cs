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

    /// <value>How long events are kept, and so how far rules can look back at them. Default 400 days; between 1 day and 10 years.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan EventRetention { get; init; } = TimeSpan.FromDays(400);

    /// <value>How long the worker rests when no customer's rules have to be looked at. Default 100 ms; between 10 ms and 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FollowPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <value>Customers of whom something just happened whose rules are looked at in one transaction. Default 500.</value>
    [Range(1, 10_000)]
    public int CustomersPerTransaction { get; init; } = 500;

    /// <value>
    /// Customers whose rules are looked at beside them because of computations over everybody, imports or time passing: few, so that what
    /// happens meanwhile does not wait long for its turn. Default 200.
    /// </value>
    [Range(1, 10_000)]
    public int BulkPerTransaction { get; init; } = 200;

    /// <value>Hour of the shop's day at which rules are recomputed for everybody and compared. Default 3; from 0 to 23.</value>
    [Range(0, 23)]
    public int ShadowHour { get; init; } = 3;

    /// <value>
    /// Fields that rules may not use, such as protected attributes that the law bars: <c>age</c>, <c>gender</c>. Default none. A rule that uses
    /// one is refused when it is saved.
    /// </value>
    public IReadOnlyList<string> BarredFields { get; init; } = [];
}
