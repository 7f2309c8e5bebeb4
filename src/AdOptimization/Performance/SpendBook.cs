namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>A row that is stored already.</summary>
internal sealed record StoredSpend(
    DateOnly Date,
    string Channel,
    string Campaign,
    string Segment,
    decimal Spend,
    string Currency,
    DateTimeOffset ArrivedAt
);

/// <summary>A good row and its place in the request.</summary>
/// <param name="Part">Which part of the cell's day it is; null where it is all of it.</param>
internal sealed record PlacedRow(int Index, DayRow Row, Part? Part = null);

/// <summary>What a campaign's day costs now, over its segments.</summary>
internal sealed record SpendSum(DateOnly Date, string Channel, string Campaign, decimal Spend, string Currency);

/// <summary>What becomes of a request: rows to store, rows refused, and the sums that change.</summary>
internal sealed record SpendChange(IReadOnlyList<DayRow> Rows, IReadOnlyList<PerformanceRejection> Rejected, IReadOnlyList<SpendSum> Sums);

/// <summary>
/// Adds rows to what is stored. A campaign's day has one currency, because its sum has: a row in another one is refused, unless the
/// request corrects every segment of that day.
/// </summary>
internal static class SpendBook
{
    public static SpendChange Apply(IReadOnlyList<StoredSpend> stored, IReadOnlyList<PlacedRow> placed)
    {
        var known = stored.ToLookup(s => (s.Date, s.Channel, s.Campaign));
        List<DayRow> rows = [];
        List<PerformanceRejection> rejected = [];
        List<SpendSum> sums = [];
        foreach (var day in placed.GroupBy(p => (p.Row.Date, p.Row.Channel, p.Row.Campaign)))
        {
            var before = known[day.Key].ToDictionary(s => s.Segment, s => s.Spend);
            var currency = CurrencyOf([.. known[day.Key]], [.. day]);
            var was = known[day.Key].FirstOrDefault()?.Currency;
            var after = new Dictionary<string, decimal>(before);
            foreach (var (index, row, _) in day)
            {
                if (row.Currency != currency)
                {
                    var reason = $"currency {row.Currency} differs from {currency} of that campaign's day: send all its segments in one.";
                    rejected.Add(new(index, reason));
                    continue;
                }
                rows.Add(row);
                after[row.Segment] = row.Spend;
            }
            if (was != currency || after.Values.Sum() != before.Values.Sum())
                sums.Add(new(day.Key.Date, day.Key.Channel, day.Key.Campaign, after.Values.Sum(), currency));
        }
        return new(rows, rejected, sums);
    }

    private static string CurrencyOf(StoredSpend[] stored, PlacedRow[] placed)
    {
        var first = placed[0].Row.Currency;
        var replacesAll = placed.All(p => p.Row.Currency == first) && stored.All(s => placed.Any(p => p.Row.Segment == s.Segment));
        return replacesAll || stored.Length == 0 ? first : stored[0].Currency;
    }
}
