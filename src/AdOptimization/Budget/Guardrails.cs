namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Between which amounts a cell may move from one day to the next.</summary>
internal static class Guardrails
{
    /// <returns>Cents of the minimum share of each cell: less in a channel whose maximum leaves no room for it, and less in all where minimums
    /// of some leave none for it in all others.</returns>
    public static long[] Floors(BudgetQuestion question, IReadOnlyList<ChannelCells> channels)
    {
        var (total, n) = (question.Total, question.Cells.Count);
        var wanted = Math.Min((long)Math.Floor(question.MinimumShare * total + 1e-9), total / n);
        var own = channels.Select(c => Highest(wanted, floor => Least(c, floor) <= c.Limit.Most)).ToArray();
        var common = Highest(
            wanted,
            floor => channels.Select((c, k) => Math.Max(c.Limit.Least, Least(c, Math.Min(floor, own[k])))).Sum() <= total
        );
        var floors = new long[n];
        foreach (var (channel, k) in channels.Select((c, k) => (c, k)))
        foreach (var member in channel.Members)
            floors[member] = Math.Min(common, own[k]);
        return floors;

        long Least(ChannelCells channel, long floor) => channel.Members.Sum(i => question.LimitOf(question.Cells[i].Cell, floor).Least);
    }

    /// <returns>The highest number from 0 to <paramref name="most"/> that fits; what does not fit does not fit with more.</returns>
    private static long Highest(long most, Func<long, bool> fits)
    {
        var (low, high) = (0L, most);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (fits(middle))
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <param name="channels">Limits that the cells' own limits can keep.</param>
    public static (long[] Low, long[] High) Bounds(BudgetQuestion question, CellLimit[] limits, IReadOnlyList<ChannelCells> channels)
    {
        var cells = question.Cells;
        var before = cells.Select(c => question.Previous?.GetValueOrDefault(c.Cell) ?? 0).ToArray();
        var sum = (double)before.Sum();
        var low = new long[cells.Count];
        var high = new long[cells.Count];
        for (var i = 0; i < cells.Count; i++)
        {
            var known = before[i] > 0;
            var share = known ? before[i] / sum * question.Total : 0;
            // Outwards, to the cent.
            var (least, most) = limits[i];
            low[i] = Math.Clamp((long)Math.Floor(share * Math.Max(0, 1 - question.MaximumDailyChange)), least, most);
            high[i] = known ? Math.Clamp((long)Math.Ceiling(share * (1 + question.MaximumDailyChange)), least, most) : most;
        }
        Lower(low, limits, channels, question.Total);
        Raise(high, limits, channels, question.Total);
        return (low, high);
    }

    /// <summary>Where cells may not fall far enough for a channel's maximum or the total, the daily change gives way, by the same part of each.</summary>
    private static void Lower(long[] low, CellLimit[] limits, IReadOnlyList<ChannelCells> channels, long total)
    {
        var must = channels.Select(c => c.Members.Sum(i => limits[i].Least)).ToArray();
        for (var k = 0; k < must.Length; k++)
            Scale(channels[k], (double)(channels[k].Limit.Most - must[k]) / Math.Max(1, channels[k].Sum(low) - must[k]));
        // Channels at their minimum take that, however low their cells may go: fewer of them are, the more the others give way.
        var part = 1.0;
        while (true)
        {
            var (taken, open) = (0.0, 0.0);
            for (var k = 0; k < must.Length; k++)
            {
                var above = channels[k].Sum(low) - must[k];
                var isHeld = must[k] + part * above <= channels[k].Limit.Least;
                taken += isHeld ? channels[k].Limit.Least : must[k];
                open += isHeld ? 0 : above;
            }
            var next = Math.Max(0, (total - taken) / Math.Max(1, open));
            if (next >= part)
                break;
            part = next;
        }
        foreach (var channel in channels)
            Scale(channel, part);

        void Scale(ChannelCells channel, double by)
        {
            if (by < 1)
                foreach (var i in channel.Members)
                    low[i] = limits[i].Least + (long)Math.Floor((low[i] - limits[i].Least) * by);
        }
    }

    /// <summary>
    /// Where cells may not rise far enough for a channel's minimum or, because of maximums of others, the total: as for <see cref="Lower"/>,
    /// by the same part of what is open to each.
    /// </summary>
    private static void Raise(long[] high, CellLimit[] limits, IReadOnlyList<ChannelCells> channels, long total)
    {
        double[] Open() => [.. channels.Select(c => c.Members.Sum(i => (double)limits[i].Most - high[i]))];
        var open = Open();
        for (var k = 0; k < open.Length; k++)
            Widen(channels[k], (channels[k].Limit.Least - channels[k].Sum(high)) / Math.Max(1, open[k]));
        open = Open();
        var part = 0.0;
        while (true)
        {
            var (room, more) = (0.0, 0.0);
            for (var k = 0; k < open.Length; k++)
            {
                var sum = (double)channels[k].Sum(high);
                var isFull = sum + part * open[k] >= channels[k].Limit.Most;
                room += isFull ? channels[k].Limit.Most : sum;
                more += isFull ? 0 : open[k];
            }
            var next = Math.Min(1, (total - room) / Math.Max(1, more));
            if (next <= part)
                break;
            part = next;
        }
        foreach (var channel in channels)
            Widen(channel, part);

        void Widen(ChannelCells channel, double by)
        {
            if (by > 0)
                foreach (var i in channel.Members)
                    high[i] = Math.Min(limits[i].Most, high[i] + (long)Math.Ceiling((limits[i].Most - high[i]) * Math.Min(1, by)));
        }
    }
}
