namespace MarketingPlatform.Segmentation.Rfm;

internal readonly record struct RfmOrder<TCustomer>(TCustomer Customer, string? OrderId, DateTimeOffset At, decimal Total, string Currency);

/// <param name="OrderId">The order it belongs to; null where the shop did not say.</param>
internal readonly record struct RfmRefund<TCustomer>(TCustomer Customer, string? OrderId, decimal Amount, string Currency);

/// <param name="RecencyDays">Days of the shop between the customer's last order and the newest order of all.</param>
internal sealed record RfmScore<TCustomer>(
    TCustomer Customer,
    DateOnly LastOrderOn,
    int RecencyDays,
    int Frequency,
    decimal Monetary,
    int R,
    int F,
    int M
)
{
    public RfmSegment Segment => RfmSegment.Of(R, F, M);
}

/// <summary>
/// Recency, frequency and monetary scores 1–5, in memory, for a file of transactions. <see cref="RfmTable"/> does the same in the
/// database; a property test holds the two together.
/// <para>
/// <b>Who</b>: customers with an order that stands, guests included. An order whose named refunds reach its total does not stand, and
/// who got back all the money that they ever paid is not scored.
/// <b>Recency</b>: the day of the last order that stands, counted back from the newest order of all; only ranks matter, so the scores do
/// not depend on that reference. <b>Frequency</b>: orders that stand. <b>Monetary</b>: paid less refunded, in the currency that most
/// orders have (ties: the first by name); other currencies count for recency and frequency only.
/// </para>
/// <para>
/// <b>Score</b>: 1 + ⌊5 × (customers strictly worse) ÷ (customers scored)⌋. Equal values get equal scores, and the worst get 1.
/// </para>
/// </summary>
internal static class RfmScoring
{
    public static IReadOnlyList<RfmScore<TCustomer>> Score<TCustomer>(
        IReadOnlyCollection<RfmOrder<TCustomer>> orders,
        IReadOnlyCollection<RfmRefund<TCustomer>> refunds,
        TimeZoneInfo zone
    )
        where TCustomer : notnull
    {
        if (orders.Count == 0)
            return [];
        var currency = MainCurrency(orders.Select(o => o.Currency));
        var newest = Day(orders.Max(o => o.At), zone);
        var returnedByOrder = refunds
            .Where(r => r.OrderId is not null)
            .GroupBy(r => (r.OrderId, r.Currency))
            .ToDictionary(g => g.Key, g => g.Sum(r => r.Amount));
        var returnedByCustomer = refunds
            .Where(r => r.Currency == currency)
            .GroupBy(r => r.Customer)
            .ToDictionary(g => g.Key, g => g.Sum(r => r.Amount));

        bool Stands(RfmOrder<TCustomer> order) =>
            order.OrderId is null || order.Total <= 0 || returnedByOrder.GetValueOrDefault((order.OrderId, order.Currency)) < order.Total;

        var customers = new List<(TCustomer Customer, DateOnly Last, int Frequency, decimal Monetary)>();
        foreach (var own in orders.GroupBy(o => o.Customer))
        {
            var standing = own.Where(Stands).ToList();
            var paid = own.Where(o => o.Currency == currency).Sum(o => o.Total);
            var returned = returnedByCustomer.GetValueOrDefault(own.Key);
            if (standing.Count > 0 && (returned == 0 || returned < paid))
                customers.Add((own.Key, Day(standing.Max(o => o.At), zone), standing.Count, paid - returned));
        }

        var r = Scores(customers, c => c.Last);
        var f = Scores(customers, c => c.Frequency);
        var m = Scores(customers, c => c.Monetary);
        return
        [
            .. customers.Select(c => new RfmScore<TCustomer>(
                c.Customer,
                c.Last,
                newest.DayNumber - c.Last.DayNumber,
                c.Frequency,
                c.Monetary,
                r[c.Last],
                f[c.Frequency],
                m[c.Monetary]
            )),
        ];
    }

    /// <summary>The score of each value that occurs; a larger value is better.</summary>
    internal static Dictionary<TValue, int> Scores<T, TValue>(IReadOnlyCollection<T> all, Func<T, TValue> value)
        where TValue : notnull
    {
        var scores = new Dictionary<TValue, int>();
        var worse = 0;
        foreach (var equal in all.GroupBy(value).OrderBy(g => g.Key))
        {
            scores[equal.Key] = 1 + (int)(5L * worse / all.Count);
            worse += equal.Count();
        }
        return scores;
    }

    private static string MainCurrency(IEnumerable<string> currencies) =>
        currencies.GroupBy(c => c).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;

    private static DateOnly Day(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
