using MarketingPlatform.Experimentation.Segments;

namespace MarketingPlatform.Segmentation.Channels;

/// <param name="Estimate">Drawn towards the channel's mean over all segments.</param>
/// <param name="Raw">The segment's own figure.</param>
/// <param name="OwnWeight">How much the segment's own data count in the estimate, 0 to 1.</param>
internal sealed record Pooled(double Estimate, double Lower, double Upper, double Raw, double OwnWeight);

/// <param name="Reach">Customers of the segment whom the channel reached.</param>
/// <param name="Engagement">Share of them who engaged.</param>
/// <param name="Conversion">Share of them who bought after the channel touched them last.</param>
/// <param name="Revenue">What one of them brought, on average.</param>
/// <param name="Cost">What reaching one of them cost: the channel's spend by its customers reached.</param>
/// <param name="Net">Revenue less cost.</param>
internal sealed record ChannelCell(
    string Segment,
    string Channel,
    int Reach,
    Pooled Engagement,
    Pooled Conversion,
    Pooled Revenue,
    double Cost,
    Pooled Net
);

/// <param name="Channel">With the highest net value of a customer reached.</param>
/// <param name="Runner">The next; null where only one channel reached the segment.</param>
/// <param name="Clear">Whether the intervals of the two do not overlap; where there is no other, whether it surely earns more than it costs.</param>
internal sealed record BestChannel(string Segment, string Channel, string? Runner, bool Clear);

/// <summary>
/// What each channel does in each segment. Figures of a channel in a segment are means over the customers that it reached there; each channel's
/// means are pooled over segments (<see cref="PooledMeans"/>), so that a small segment says what the whole says until it has data of its own.
/// </summary>
internal static class ChannelEffectiveness
{
    /// <param name="spend">By channel.</param>
    /// <param name="confidence">Of the intervals, 0 to 1.</param>
    public static IReadOnlyList<ChannelCell> Of(ChannelTally tally, IReadOnlyDictionary<string, decimal> spend, double confidence = 0.9)
    {
        // What an order is worth in the shop stands in for what it is worth on a channel that has brought none.
        var revenue = tally.Sums.Sum(s => s.Revenue);
        var order = revenue > 0 ? tally.Sums.Sum(s => s.RevenueSquares) / revenue : 0;
        var cells = new List<ChannelCell>();
        foreach (var channel in tally.Sums.GroupBy(s => s.Channel).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var segments = channel.OrderBy(s => s.Segment, StringComparer.Ordinal).ToList();
            var engagements = Pool(segments.ConvertAll(s => new GroupSums(s.Reach, s.Engaged, s.Engaged)), confidence, 1);
            var conversions = Pool(segments.ConvertAll(s => new GroupSums(s.Reach, s.Converted, s.Converted)), confidence, 1);
            var revenues = Pool(segments.ConvertAll(s => new GroupSums(s.Reach, s.Revenue, s.RevenueSquares)), confidence, order);
            var cost = (double)spend.GetValueOrDefault(channel.Key) / tally.Customers[channel.Key];
            foreach (var (i, segment) in segments.Index())
                cells.Add(
                    new ChannelCell(
                        segment.Segment,
                        channel.Key,
                        (int)segment.Reach,
                        Share(engagements[i]),
                        Share(conversions[i]),
                        revenues[i],
                        cost,
                        Less(revenues[i], cost)
                    )
                );
        }
        return [.. cells.OrderBy(c => c.Segment, StringComparer.Ordinal).ThenByDescending(c => c.Net.Estimate)];
    }

    public static IReadOnlyList<BestChannel> Best(IReadOnlyList<ChannelCell> cells) =>
        [
            .. cells
                .GroupBy(c => c.Segment)
                .Select(segment =>
                {
                    var ranked = segment.OrderByDescending(c => c.Net.Estimate).ToList();
                    var runner = ranked.ElementAtOrDefault(1);
                    return new BestChannel(segment.Key, ranked[0].Channel, runner?.Channel, ranked[0].Net.Lower > (runner?.Net.Upper ?? 0));
                }),
        ];

    private static Pooled[] Pool(List<GroupSums> sums, double confidence, double eventSize) =>
        [
            .. PooledMeans
                .Of(sums, confidence, eventSize)
                .Segments.Zip(sums, (p, own) => new Pooled(p.Effect, p.Lower, p.Upper, own.Mean, p.Weight)),
        ];

    private static Pooled Share(Pooled pooled) =>
        pooled with
        {
            Estimate = Math.Clamp(pooled.Estimate, 0, 1),
            Lower = Math.Max(0, pooled.Lower),
            Upper = Math.Min(1, pooled.Upper),
        };

    private static Pooled Less(Pooled pooled, double cost) =>
        pooled with
        {
            Estimate = pooled.Estimate - cost,
            Lower = pooled.Lower - cost,
            Upper = pooled.Upper - cost,
            Raw = pooled.Raw - cost,
        };
}
