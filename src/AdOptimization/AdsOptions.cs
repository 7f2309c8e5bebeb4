using System.ComponentModel.DataAnnotations;
using MarketingPlatform.AdOptimization.Performance;

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

    /// <value>
    /// Weeks with both orders and performance that the weekly response model needs; with fewer, budgets learn from days alone. Default 52,
    /// so that a season is not taken for an effect; between 26 and 208.
    /// </value>
    [Range(26, 208)]
    public int ResponseWeeks { get; init; } = 52;

    /// <value>
    /// Stop-loss: a cell whose spend of the last <see cref="StopLossDays"/> days surely (at 95 %) brought less value than this by money spent
    /// gets nothing more while that is so. Default 0.2; between 0 (nothing is stopped) and 100.
    /// </value>
    [Range(0.0, 100.0)]
    public double StopLossReturn { get; init; } = 0.2;

    /// <value>Days that the stop-loss looks at. Default 14; between 1 and 365.</value>
    [Range(1, 365)]
    public int StopLossDays { get; init; } = 14;

    internal Budget.StopLossRule StopLoss => new(StopLossReturn, StopLossDays);

    /// <value>Cells that an allocation weighs at most. Default 500; between 1 and 5,000.</value>
    [Range(1, 5_000)]
    public int MaximumCells { get; init; } = 500;

    /// <value>
    /// Days of a cell from which on its history judges what comes: with fewer, what its campaign or channel does. Default 7; between 3 and
    /// 365.
    /// </value>
    [Range(3, 365)]
    public int HoldAfterDays { get; init; } = 7;

    /// <value>
    /// Robust standard deviations from a cell's median, on the logarithm, from which on a day's spend or conversions are held. Default 6;
    /// between 2 and 100.
    /// </value>
    [Range(2.0, 100.0)]
    public double HoldDeviations { get; init; } = 6;

    /// <value>Multiple of a cell's median up to which a day is never held, however even its days are. Default 5; between 1.1 and 10,000.</value>
    [Range(1.1, 10_000.0)]
    public double HoldFactor { get; init; } = 5;

    /// <value>
    /// By what a cell's median is divided down to which a day is never held, however even its days are; a conversion's worth may move so far
    /// either way. Default 20; between 1.1 and 10,000.
    /// </value>
    [Range(1.1, 10_000.0)]
    public double HoldFallFactor { get; init; } = 20;

    /// <value>
    /// Multiple of the median of a campaign's (or else channel's) cells up to which a day of a cell that is new is never held. Default 50;
    /// between 1.1 and 100,000.
    /// </value>
    [Range(1.1, 100_000.0)]
    public double HoldNewFactor { get; init; } = 50;

    internal PlausibilityRules Plausibility => new(LookBackDays, HoldAfterDays, HoldDeviations, HoldFactor, HoldFallFactor, HoldNewFactor);

    /// <value>How long after the cart's last touch a customer stays in the audience "abandoned-cart". Default 30 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "540.00:00:00")]
    public TimeSpan CartAudienceFor { get; init; } = TimeSpan.FromDays(30);
}
