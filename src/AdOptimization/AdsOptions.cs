using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.AdOptimization;

/// <summary>What a marketer or an operator may tune; bound from the section <c>Ads</c>.</summary>
internal sealed class AdsOptions
{
    public const string Section = "Ads";

    /// <value>Days of performance before the allocated day that an allocation learns from. Default 90; between 1 and 730.</value>
    [Range(1, 730)]
    public int LookBackDays { get; init; } = 90;

    /// <value>
    /// Part of the budget that explores, spread evenly over the cells, where a request states no <c>minimumShare</c>. Default 0.05;
    /// between 0 and 1.
    /// </value>
    [Range(0.0, 1.0)]
    public double ExplorationShare { get; init; } = 0.05;

    /// <value>
    /// By which part of itself a cell's share may move from one day to the next, where a request states no <c>maximumDailyChange</c>.
    /// Default 0.2: beyond that ad platforms start learning anew. Between 0 and 10.
    /// </value>
    [Range(0.0, 10.0)]
    public double MaximumDailyChange { get; init; } = 0.2;

    /// <value>
    /// Markets that an allocation imagines, each one draw of what may be true of every cell. Default 64: their mean is within an eighth of
    /// the spread between them. Between 8 and 2,000.
    /// </value>
    [Range(8, 2_000)]
    public int Draws { get; init; } = 64;

    /// <value>Days after which a day of performance counts half. Default 28; between 1 and 3,650.</value>
    [Range(1.0, 3_650.0)]
    public double HalfLifeDays { get; init; } = 28;

    /// <value>Cells that an allocation weighs at most. Default 500; between 1 and 5,000.</value>
    [Range(1, 5_000)]
    public int MaximumCells { get; init; } = 500;

    /// <value>How long after the cart's last touch a customer stays in the audience "abandoned-cart". Default 30 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "540.00:00:00")]
    public TimeSpan CartAudienceFor { get; init; } = TimeSpan.FromDays(30);
}
