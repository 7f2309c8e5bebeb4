namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Between which amounts a cell may move from one day to the next.</summary>
internal static class Guardrails
{
    /// <returns>Cents of the minimum share: less where minimums of some cells leave no room for it in all others.</returns>
    public static long Floor(BudgetQuestion question)
    {
        var (total, n) = (question.Total, question.Cells.Count);
        var (low, high) = (0L, Math.Min((long)Math.Floor(question.MinimumShare * total + 1e-9), total / n));
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (question.Cells.Sum(c => question.LimitOf(c.Cell, middle).Least) <= total)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    public static (long[] Low, long[] High) Bounds(BudgetQuestion question, CellLimit[] limits)
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
        var must = limits.Sum(l => l.Least);
        var excess = (double)(question.Total - must) / Math.Max(1, low.Sum() - must);
        if (excess < 1)
            low = [.. low.Select((l, i) => limits[i].Least + (long)Math.Floor((l - limits[i].Least) * excess))];
        // Maximums of some leave the others more than the daily change allows: it gives way, by the same part of what is open to each.
        if (high.Sum() is var room && room < question.Total)
        {
            var open = limits.Select((l, i) => (double)l.Most - high[i]).ToArray();
            var part = Math.Min(1, (question.Total - room) / Math.Max(1, open.Sum()));
            high = [.. high.Select((h, i) => Math.Min(limits[i].Most, h + (long)Math.Ceiling(open[i] * part)))];
        }
        return (low, high);
    }
}
