namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>Which part of a cell's day a row is.</summary>
/// <param name="Hour">0 to 23, or <see cref="WholeDay"/>.</param>
/// <param name="Reach">People; null where it is not known.</param>
internal sealed record Part(int Hour, string AdSet, string Creative, long? Reach = null)
{
    public const int WholeDay = -1;

    /// <value>Hours alone tell nothing of ad sets or creatives.</value>
    public bool IsNamed => AdSet.Length > 0 || Creative.Length > 0;
}

/// <summary>A day of a cell.</summary>
internal readonly record struct CellDayKey(DateOnly Date, string Channel, string Campaign, string Segment)
{
    public static CellDayKey Of(DayRow row) => new(row.Date, row.Channel, row.Campaign, row.Segment);
}

/// <summary>A part with what it cost and brought.</summary>
internal sealed record PartRow(DayRow Row, Part Part);

/// <summary>What becomes of the parts of a request.</summary>
/// <param name="Days">What each touched day of a cell amounts to now, at the place of its first row.</param>
/// <param name="Stored">Parts to keep.</param>
/// <param name="Gone">Parts that others replace: hours that a day's row sums up, rows without a name where named ones came.</param>
/// <param name="Indices">All places of a day's rows, by the first.</param>
internal sealed record PartChange(
    IReadOnlyList<PlacedRow> Days,
    IReadOnlyList<PartRow> Stored,
    IReadOnlyList<PartRow> Gone,
    IReadOnlyList<PerformanceRejection> Refused,
    IReadOnlyDictionary<int, int[]> Indices
)
{
    public int[] IndicesOf(int first) => Indices.TryGetValue(first, out var all) ? all : [first];
}

/// <summary>
/// Sums parts to days, so that nothing counts twice: of one ad set and creative the row of the day replaces its hours and closes the day to
/// further ones; where rows name ad sets or creatives, rows of the same cell and day that name none are replaced by them, and refused
/// afterwards. A day of a cell has one currency.
/// </summary>
internal static class PartBook
{
    /// <param name="known">Parts of the touched days that are stored.</param>
    /// <param name="whole">Days that are stored and have no parts.</param>
    public static PartChange Apply(IReadOnlyList<PartRow> known, IReadOnlySet<CellDayKey> whole, IReadOnlyList<PlacedRow> placed)
    {
        var stored = known.ToLookup(k => CellDayKey.Of(k.Row));
        List<PlacedRow> days = [];
        List<PartRow> keep = [];
        List<PartRow> gone = [];
        List<PerformanceRejection> refused = [];
        Dictionary<int, int[]> indices = [];
        foreach (var day in placed.GroupBy(p => CellDayKey.Of(p.Row)))
        {
            var before = stored[day.Key].ToArray();
            var named = before.Any(b => b.Part.IsNamed) || day.Any(p => p.Part is { IsNamed: true });
            var taken = new List<PlacedRow>();
            foreach (var row in day)
            {
                if (Refuse(row, before, [.. day], named, whole.Contains(day.Key), taken) is { } reason)
                    refused.Add(new(row.Index, reason));
                else
                    taken.Add(row);
            }
            if (taken.Count == 0)
                continue;
            indices[taken[0].Index] = [.. taken.Select(t => t.Index)];
            if (taken.Find(t => t.Part is null) is { } all)
            {
                gone.AddRange(before);
                days.Add(all with { Index = taken[0].Index });
                continue;
            }
            PartRow[] sent = [.. taken.Select(t => new PartRow(t.Row, t.Part!))];
            PartRow[] replaced = [.. before.Where(b => sent.Any(s => Replaces(s.Part, b.Part)))];
            PartRow[] after = [.. before.Except(replaced), .. sent];
            gone.AddRange(replaced);
            keep.AddRange(sent);
            days.Add(new(taken[0].Index, Sum([.. after.Select(a => a.Row)])));
        }
        return new(days, keep, gone, refused, indices);
    }

    private static bool Replaces(Part sent, Part known) =>
        (sent.AdSet, sent.Creative) == (known.AdSet, known.Creative)
            ? sent.Hour == known.Hour || sent.Hour == Part.WholeDay
            : sent.IsNamed && !known.IsNamed;

    private static string? Refuse(PlacedRow row, PartRow[] before, PlacedRow[] together, bool named, bool isWhole, List<PlacedRow> taken)
    {
        if (named && row.Part is not { IsNamed: true })
            return "that day of the cell is told by ad set or creative: send the rows that name them.";
        var closes = (Part part) => part.Hour == Part.WholeDay && (part.AdSet, part.Creative) == (row.Part!.AdSet, row.Part.Creative);
        if (
            row.Part is { Hour: >= 0 } hour
            && (
                before.Any(b => closes(b.Part))
                || together.Any(t => t.Part is { } part ? closes(part) : !hour.IsNamed)
                || (isWhole && !hour.IsNamed)
            )
        )
            return "the row of the whole day is known: correct that one.";
        var others = before.Where(b => !together.Any(t => t.Part is null || Replaces(t.Part, b.Part))).Select(b => b.Row.Currency);
        var currency = others.Concat(taken.Select(t => t.Row.Currency)).FirstOrDefault(row.Row.Currency);
        return row.Row.Currency == currency
            ? null
            : $"currency {row.Row.Currency} differs from {currency} of other parts of that day: send all of them in one.";
    }

    /// <returns>The value is unknown as soon as that of some conversions is.</returns>
    private static DayRow Sum(DayRow[] rows) =>
        rows[0] with
        {
            Spend = rows.Sum(r => r.Spend),
            Impressions = rows.Sum(r => r.Impressions),
            Clicks = rows.Sum(r => r.Clicks),
            Conversions = rows.Sum(r => r.Conversions),
            Value = rows.Any(r => r is { Value: null, Conversions: > 0 }) || rows.All(r => r.Value is null) ? null : rows.Sum(r => r.Value),
        };
}
