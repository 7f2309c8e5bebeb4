using MarketingPlatform.AdOptimization.Budget;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>What the weekly model found of a channel, in money and by the day.</summary>
/// <param name="Spend">Over all weeks.</param>
/// <param name="Daily">Usual spend a day: the mean of the newest weeks, or of those with any where the newest have none.</param>
/// <param name="Roi">Caused revenue for each unit of money, over all weeks.</param>
/// <param name="Recent">Revenue that was caused in the newest weeks.</param>
/// <param name="Adstock">Part of a week's effect that is left the week after.</param>
/// <param name="Calibrated">Hold-outs that the model took into account.</param>
/// <param name="Curves">Draws: what constant spend a day causes a day.</param>
internal sealed record WeeklyChannel(
    string Channel,
    double Spend,
    double Daily,
    Figure Roi,
    Figure Recent,
    Figure Adstock,
    Figure HalfSaturation,
    int Calibrated,
    IReadOnlyList<WeeklyCurve> Curves
)
{
    private const int DaysOfWeek = 7;

    /// <summary>Standard deviations from one end of a 90 % interval to the other.</summary>
    private const double Wide = 2 * 1.6449;

    /// <value>Standard deviation of <see cref="Recent"/>.</value>
    public double RecentError => Math.Max(1e-9, (Recent.Upper - Recent.Lower) / Wide);

    public static WeeklyChannel Of(ChannelResponse channel, MixData data, int recent, int calibrated = 0)
    {
        var spends = data.Channels.Single(c => c.Name == channel.Channel).Values;
        var newest = spends.TakeLast(recent).Average();
        return new(
            channel.Channel,
            channel.Spend,
            (newest > 0 ? newest : spends.Where(s => s > 0).Average()) / DaysOfWeek,
            channel.Roi,
            channel.Recent,
            channel.Parameters["adstock"],
            Daily(channel.Parameters["halfSaturation"]),
            calibrated,
            [.. channel.Curves.Cast<HillCurve>().Select(c => new WeeklyCurve(c.Scale / DaysOfWeek, c.HalfSaturation / DaysOfWeek, c.Shape))]
        );

        static Figure Daily(Figure week) => new(week.Estimate / DaysOfWeek, week.Lower / DaysOfWeek, week.Upper / DaysOfWeek);
    }

    /// <param name="share">Of a cell in the channel's spend; above 0.</param>
    /// <param name="lift">See <see cref="CellHistory.Lift"/>.</param>
    public WeeklyPrior Prior(int weeks, double share, double lift) =>
        WeeklyPrior.Of(
            weeks,
            Roi,
            100 * Daily,
            [.. Curves.Select(c => new HillCurve(100 * c.Scale, 100 * c.HalfSaturation, c.Shape))],
            share,
            lift
        );
}

/// <param name="Scale">Money a day at unlimited spend.</param>
/// <param name="HalfSaturation">Money a day.</param>
internal sealed record WeeklyCurve(double Scale, double HalfSaturation, double Shape);
