namespace MarketingPlatform.Segmentation.Channels;

/// <summary>A customer was reached by a channel.</summary>
/// <param name="Engaged">Opened, clicked, answered, liked.</param>
internal readonly record struct Touch(string Customer, string Segment, string Channel, DateTimeOffset At, bool Engaged);

/// <param name="Value">Below zero where money went back: that is no order.</param>
internal readonly record struct Purchase(string Customer, DateTimeOffset At, decimal Value);

/// <summary>Sums over the customers of a segment whom a channel reached.</summary>
/// <param name="Reach">How many they are, 1 or more.</param>
/// <param name="Converted">Those with an order that counts for the channel.</param>
/// <param name="Revenue">Of what counts for the channel, less what went back.</param>
/// <param name="RevenueSquares">Of each customer's revenue.</param>
internal readonly record struct ChannelSums(
    string Segment,
    string Channel,
    long Reach,
    long Engaged,
    long Converted,
    double Revenue,
    double RevenueSquares
);

/// <summary>
/// Who was reached by which channel and what they bought then. An order counts for the channel that touched the customer last before it, within
/// the window, in each segment that the touch names. In memory, for files; <see cref="ChannelTable"/> does the same in the database.
/// </summary>
/// <param name="Customers">Reached by each channel, whatever their segments.</param>
internal sealed record ChannelTally(IReadOnlyList<ChannelSums> Sums, IReadOnlyDictionary<string, long> Customers)
{
    /// <param name="window">How long after a touch an order counts for it.</param>
    public static ChannelTally Of(IReadOnlyCollection<Touch> touches, IReadOnlyCollection<Purchase> purchases, TimeSpan window)
    {
        var reached = new Dictionary<(string Segment, string Channel, string Customer), Reached>();
        foreach (var touch in touches)
        {
            var key = (touch.Segment, touch.Channel, touch.Customer);
            if (!reached.TryGetValue(key, out var customer))
                reached[key] = customer = new Reached();
            customer.Engaged |= touch.Engaged;
        }
        var byCustomer = touches
            .GroupBy(t => t.Customer)
            .ToDictionary(g => g.Key, g => g.OrderBy(t => t.At).ThenBy(t => t.Channel, StringComparer.Ordinal).ToArray());
        foreach (var purchase in purchases)
        {
            if (!byCustomer.TryGetValue(purchase.Customer, out var own))
                continue;
            var last = Array.FindLast(own, t => t.At <= purchase.At);
            if (last == default || last.At < purchase.At - window)
                continue;
            // Of several segments at once: a line of the file for each.
            foreach (var segment in own.Where(t => t.At == last.At && t.Channel == last.Channel).Select(t => t.Segment).Distinct())
            {
                var customer = reached[(segment, last.Channel, last.Customer)];
                // An order of nothing is one too.
                customer.Orders += purchase.Value >= 0 ? 1 : 0;
                customer.Revenue += (double)purchase.Value;
            }
        }
        return new ChannelTally(
            [
                .. reached
                    .GroupBy(r => (r.Key.Segment, r.Key.Channel), r => r.Value)
                    .Select(cell => new ChannelSums(
                        cell.Key.Segment,
                        cell.Key.Channel,
                        cell.Count(),
                        cell.Count(c => c.Engaged),
                        cell.Count(c => c.Orders > 0),
                        cell.Sum(c => c.Revenue),
                        cell.Sum(c => c.Revenue * c.Revenue)
                    )),
            ],
            reached
                .Keys.Select(key => (key.Channel, key.Customer))
                .Distinct()
                .GroupBy(key => key.Channel)
                .ToDictionary(g => g.Key, g => (long)g.Count())
        );
    }

    private sealed class Reached
    {
        public bool Engaged { get; set; }

        public int Orders { get; set; }

        public double Revenue { get; set; }
    }
}
