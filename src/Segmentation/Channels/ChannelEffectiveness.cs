using MarketingPlatform.Experimentation.Segments;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>A customer was reached by a channel.</summary>
/// <param name="Engaged">Opened, clicked, answered, liked.</param>
internal readonly record struct Touch(string Customer, string Segment, string Channel, DateTimeOffset At, bool Engaged);

internal readonly record struct Purchase(string Customer, DateTimeOffset At, decimal Value);

internal readonly record struct Spend(DateOnly Date, string Channel, decimal Amount);

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
/// What each channel does in each segment. An order counts for the channel that touched the customer last before it, within the window.
/// Figures of a channel in a segment are means over the customers that it reached there; each channel's means are pooled over segments
/// (<see cref="PooledMeans"/>), so that a small segment says what the whole says until it has data of its own.
/// </summary>
internal static class ChannelEffectiveness
{
    /// <param name="window">How long after a touch an order counts for it.</param>
    /// <param name="confidence">Of the intervals, 0 to 1.</param>
    public static IReadOnlyList<ChannelCell> Of(
        IReadOnlyCollection<Touch> touches,
        IReadOnlyCollection<Purchase> purchases,
        IReadOnlyCollection<Spend> spend,
        TimeSpan window,
        double confidence = 0.9
    )
    {
        var reached = Reached(touches, purchases, window);
        var spent = spend.GroupBy(s => s.Channel).ToDictionary(g => g.Key, g => (double)g.Sum(s => s.Amount));
        var cells = new List<ChannelCell>();
        foreach (var channel in reached.GroupBy(r => r.Key.Channel).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var segments = channel.GroupBy(r => r.Key.Segment).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            var engagement = Pool(segments, c => c.Engaged ? 1 : 0, confidence);
            var conversion = Pool(segments, c => c.Orders > 0 ? 1 : 0, confidence);
            var revenue = Pool(segments, c => c.Revenue, confidence);
            var customers = segments.Sum(s => s.Count());
            var cost = spent.GetValueOrDefault(channel.Key) / customers;
            foreach (var (i, segment) in segments.Index())
            {
                var net = revenue[i] with
                {
                    Estimate = revenue[i].Estimate - cost,
                    Lower = revenue[i].Lower - cost,
                    Upper = revenue[i].Upper - cost,
                    Raw = revenue[i].Raw - cost,
                };
                cells.Add(
                    new ChannelCell(
                        segment.Key,
                        channel.Key,
                        segment.Count(),
                        Share(engagement[i]),
                        Share(conversion[i]),
                        revenue[i],
                        cost,
                        net
                    )
                );
            }
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

    private sealed class Customer
    {
        public bool Engaged { get; set; }

        public int Orders { get; set; }

        public double Revenue { get; set; }
    }

    private static Dictionary<(string Segment, string Channel, string Customer), Customer> Reached(
        IReadOnlyCollection<Touch> touches,
        IReadOnlyCollection<Purchase> purchases,
        TimeSpan window
    )
    {
        var reached = new Dictionary<(string Segment, string Channel, string Customer), Customer>();
        foreach (var touch in touches)
        {
            var key = (touch.Segment, touch.Channel, touch.Customer);
            if (!reached.TryGetValue(key, out var customer))
                reached[key] = customer = new Customer();
            customer.Engaged |= touch.Engaged;
        }
        var byCustomer = touches.GroupBy(t => t.Customer).ToDictionary(g => g.Key, g => g.OrderBy(t => t.At).ToArray());
        foreach (var purchase in purchases)
        {
            if (!byCustomer.TryGetValue(purchase.Customer, out var own))
                continue;
            var last = Array.FindLast(own, t => t.At <= purchase.At);
            if (last == default || last.At < purchase.At - window)
                continue;
            var customer = reached[(last.Segment, last.Channel, last.Customer)];
            // A refund takes money back and is no order; an order of nothing is one.
            if (purchase.Value >= 0)
                customer.Orders++;
            customer.Revenue += (double)purchase.Value;
        }
        return reached;
    }

    private static Pooled[] Pool<TKey>(
        List<IGrouping<string, KeyValuePair<TKey, Customer>>> segments,
        Func<Customer, double> value,
        double confidence
    )
    {
        var sums = segments.ConvertAll(s => new GroupSums(
            s.Count(),
            s.Sum(c => value(c.Value)),
            s.Sum(c => value(c.Value) * value(c.Value))
        ));
        return
        [
            .. PooledMeans.Of(sums, confidence).Segments.Zip(sums, (p, own) => new Pooled(p.Effect, p.Lower, p.Upper, own.Mean, p.Weight)),
        ];
    }

    private static Pooled Share(Pooled pooled) =>
        pooled with
        {
            Estimate = Math.Clamp(pooled.Estimate, 0, 1),
            Lower = Math.Max(0, pooled.Lower),
            Upper = Math.Min(1, pooled.Upper),
        };
}
