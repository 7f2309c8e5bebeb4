using System.Globalization;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Why limits cannot be kept with a total and the cells that there are.</summary>
internal static class LimitConflicts
{
    public static IEnumerable<FieldError> Find(IReadOnlyList<LimitWanted> limits, IReadOnlyList<CellHistory> cells, decimal total)
    {
        var known = cells.Select(c => c.Cell).ToHashSet();
        FieldError[] unknown = [.. Unknown(limits, known)];
        if (unknown.Length > 0)
            return unknown;
        ChannelLimits[] channels =
        [
            .. known
                .GroupBy(c => c.Channel)
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(channel => new ChannelLimits(
                    channel.Key,
                    channel.Count(),
                    limits.FirstOrDefault(l => l.IsOfChannel && l.Cell.Channel == channel.Key),
                    [.. limits.Where(l => !l.IsOfChannel && l.Cell.Channel == channel.Key)]
                )),
        ];
        return [.. channels.SelectMany(c => c.Contradictions(limits)), .. OfAll(channels, total)];
    }

    private static IEnumerable<FieldError> Unknown(IReadOnlyList<LimitWanted> limits, HashSet<Cell> known)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            var limit = limits[i];
            var near = known.Where(c => c.Channel == limit.Cell.Channel).Select(c => c.ToString()).Order(StringComparer.Ordinal).ToArray();
            if (limit.IsOfChannel ? near.Length > 0 : known.Contains(limit.Cell))
                continue;
            yield return new(
                $"limits[{i}]",
                near.Length > 0
                    ? $"'{limit.Cell}' has no performance of its own; there are {string.Join(", ", near.Take(5))}: a limit is for one of them, "
                        + "or, with the channel alone, for all of it."
                    : $"'{limit.Cell}' has no performance: there is nothing to limit."
            );
        }
    }

    private static IEnumerable<FieldError> OfAll(ChannelLimits[] channels, decimal total)
    {
        if (channels.Sum(c => c.Least) is var least && least > total)
            yield return new(
                "limits",
                $"The minimums sum to {Money(least)}, above the total: "
                    + $"{string.Join(", ", channels.Where(c => c.Least > 0).Select(c => $"{c.Channel} {Money(c.Least)}"))}."
            );
        if (channels.All(c => c.Most is not null) && channels.Sum(c => c.Most!.Value) is var most && most < total)
            yield return new(
                "limits",
                $"Every cell or its channel has a maximum, and they sum to {Money(most)}: the total could not be spent."
            );
    }

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    /// <param name="Cells">How many there are.</param>
    /// <param name="Own">Limits of cells.</param>
    private sealed record ChannelLimits(string Channel, int Cells, LimitWanted? All, LimitWanted[] Own)
    {
        private decimal OwnLeast => Own.Sum(l => l.Minimum ?? 0);

        /// <value>Null where a cell has no maximum.</value>
        private decimal? OwnMost => Own.Count(l => l.Maximum is not null) == Cells ? Own.Sum(l => l.Maximum!.Value) : null;

        public decimal Least => Math.Max(OwnLeast, All?.Minimum ?? 0);

        public decimal? Most => (OwnMost, All?.Maximum) is ({ } own, { } all) ? Math.Min(own, all) : OwnMost ?? All?.Maximum;

        public IEnumerable<FieldError> Contradictions(IReadOnlyList<LimitWanted> limits)
        {
            if (All is null)
                yield break;
            var field = $"limits[{limits.ToList().IndexOf(All)}]";
            if (All.Maximum < OwnLeast)
                yield return new(
                    field,
                    $"All of {Channel} may get {Money(All.Maximum.Value)} at most, and the minimums of its cells sum to {Money(OwnLeast)} "
                        + $"({List(l => l.Minimum)}): raise its maximum or lower theirs."
                );
            if (All.Minimum > OwnMost)
                yield return new(
                    field,
                    $"All of {Channel} must get {Money(All.Minimum.Value)} at least, and the maximums of its cells sum to {Money(OwnMost.Value)} "
                        + $"({List(l => l.Maximum)}): lower its minimum or raise theirs."
                );
        }

        private string List(Func<LimitWanted, decimal?> amount) =>
            string.Join(", ", Own.Where(l => amount(l) > 0).Select(l => $"{l.Cell} {Money(amount(l)!.Value)}"));
    }
}
