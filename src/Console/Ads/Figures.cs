using System.Globalization;

namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/budget/allocations</c> lists them.</summary>
internal sealed record Allocation(
    Guid Id,
    DateOnly Date,
    decimal Total,
    string Currency,
    double MinimumShare,
    double MaximumDailyChange,
    IReadOnlyList<Limit> Limits,
    int Caution,
    DateOnly LearntFrom,
    DateOnly LearntTo,
    IReadOnlyList<string> Notes,
    DateTimeOffset DecidedAt,
    IReadOnlyList<AllocatedCell> Cells
);

/// <summary>What a cell, or with the channel alone all of its cells together, must and may get.</summary>
internal sealed record Limit(string Channel, string? Campaign, string? Segment, decimal? Minimum, decimal? Maximum)
{
    public bool Is(AllocatedCell cell) =>
        !(Campaign is null && Segment is null)
        && IsOn(cell.Channel)
        && ((Campaign ?? "").Trim(), (Segment ?? "").Trim()) == (cell.Campaign ?? "", cell.Segment ?? "");

    public bool IsAllOf(string channel) => Campaign is null && Segment is null && IsOn(channel);

    private bool IsOn(string channel) => string.Equals(Channel.Trim(), channel, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A row of the form of limits: a cell, or (without one) all of a channel.</summary>
internal sealed record LimitRow(string Name, string Channel, AllocatedCell? Cell, Limit? Limit)
{
    /// <summary>Channels that have several cells, or a limit already, come before their cells.</summary>
    public static IReadOnlyList<LimitRow> Of(Allocation allocation, int most) =>
        [
            .. allocation
                .Cells.GroupBy(cell => cell.Channel)
                .SelectMany(channel =>
                {
                    var all = allocation.Limits.FirstOrDefault(limit => limit.IsAllOf(channel.Key));
                    IEnumerable<LimitRow> whole =
                        all is not null || channel.Count() > 1 ? [new("All of " + channel.Key, channel.Key, null, all)] : [];
                    return whole.Concat(
                        channel.Select(cell => new LimitRow(
                            cell.Name,
                            cell.Channel,
                            cell,
                            allocation.Limits.FirstOrDefault(limit => limit.Is(cell))
                        ))
                    );
                })
                .Take(most),
        ];
}

/// <param name="Curves">Hill curves that may be true, each with its weight: what conversions a day follow from a day's spend.</param>
internal sealed record AllocatedCell(
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Amount,
    decimal? PreviousAmount,
    double ExpectedReturn,
    double MarginalReturn,
    double WorthOfConversion,
    IReadOnlyList<BelievedCurve> Curves,
    long Conversions,
    decimal Spend,
    string Explanation
)
{
    public string Name => string.Join(" / ", new[] { Channel, Campaign, Segment }.Where(part => !string.IsNullOrEmpty(part)));
}

internal sealed record BelievedCurve(double HalfSaturation, double Shape, double Weight, double Alpha, double Beta);

/// <summary>As <c>GET /api/v1/ads/budget/what-if</c> answers.</summary>
internal sealed record WhatIf(string Currency, double? ReturnOfNewest, double? SameForLess, IReadOnlyList<Possibility> Possibilities);

internal sealed record Possibility(decimal Total, double ExpectedReturn, double MarginalReturn, IReadOnlyList<PossibleCell> Cells);

internal sealed record PossibleCell(string Cell, double Amount);

/// <summary>As <c>GET /api/v1/ads/performance/held</c> lists them.</summary>
internal sealed record HeldRow(
    Guid Id,
    DateOnly Date,
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Spend,
    string Currency,
    string Reason
)
{
    public string Name =>
        $"{Date:yyyy-MM-dd} " + string.Join(" / ", new[] { Channel, Campaign, Segment }.Where(part => !string.IsNullOrEmpty(part)));
}

/// <summary>What a cell is believed to return at each spend, ready to be drawn.</summary>
/// <param name="Spends">Money a day, from nothing to twice the amount given.</param>
/// <param name="Low">One standard deviation of what is believed below <paramref name="Expected"/>, never below nothing.</param>
internal sealed record DrawnCurve(
    IReadOnlyList<string> Spends,
    IReadOnlyList<decimal> Expected,
    IReadOnlyList<decimal> Low,
    IReadOnlyList<decimal> High
)
{
    private const int Steps = 20;

    public static DrawnCurve Of(AllocatedCell cell)
    {
        var most = Math.Max(1, 2 * (double)cell.Amount);
        var spends = Enumerable.Range(0, Steps + 1).Select(step => most * step / Steps).ToArray();
        var points = spends.Select(spend => At(cell, spend)).ToArray();
        return new(
            [.. spends.Select(spend => spend.ToString(most < 100 ? "0.00" : "0", CultureInfo.InvariantCulture))],
            [.. points.Select(point => Money(point.Mean))],
            [.. points.Select(point => Money(Math.Max(0, point.Mean - point.Deviation)))],
            [.. points.Select(point => Money(point.Mean + point.Deviation))]
        );
    }

    /// <returns>Mean and standard deviation of the return of a spend: each curve's height is gamma with shape alpha and rate beta.</returns>
    internal static (double Mean, double Deviation) At(AllocatedCell cell, double spend)
    {
        var (weights, mean, square) = (0.0, 0.0, 0.0);
        foreach (var curve in cell.Curves)
        {
            var saturation = spend <= 0 ? 0 : 1 / (1 + Math.Pow(curve.HalfSaturation / spend, curve.Shape));
            var reach = saturation * cell.WorthOfConversion / curve.Beta;
            weights += curve.Weight;
            mean += curve.Weight * curve.Alpha * reach;
            square += curve.Weight * curve.Alpha * (curve.Alpha + 1) * reach * reach;
        }
        if (weights <= 0)
            return (0, 0);
        // Curves of next to no weight are not kept with a decision.
        mean /= weights;
        return (mean, Math.Sqrt(Math.Max(0, square / weights - mean * mean)));
    }

    private static decimal Money(double amount) => (decimal)Math.Round(Math.Min(amount, 1e15), 2);
}
