using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What a cell must or may get, whatever it returns.</summary>
/// <param name="Least">Cents.</param>
/// <param name="Most">Cents; at least <paramref name="Least"/>.</param>
internal readonly record struct CellLimit(long Least, long Most);

/// <summary>The same as a caller writes it.</summary>
/// <param name="Channel">With campaign and segment the place, as performance names it.</param>
/// <param name="Minimum">Of the day, in money with at most two decimals; null is none. <paramref name="Maximum"/> alike.</param>
internal sealed record LimitWanted(string? Channel, string? Campaign, string? Segment, decimal? Minimum, decimal? Maximum)
{
    private const int Most = 1_000;

    [System.Text.Json.Serialization.JsonIgnore]
    public Cell Cell => new(PerformanceRules.ChannelOf(Channel ?? ""), Campaign?.Trim() ?? "", Segment?.Trim() ?? "");

    /// <summary>Whether they make sense by themselves.</summary>
    public static IEnumerable<FieldError> Check(IReadOnlyList<LimitWanted?>? limits)
    {
        if (limits is null)
            yield break;
        if (limits.Count > Most)
            yield return new("limits", $"Give at most {Most}.");
        var seen = new HashSet<Cell>();
        for (var i = 0; i < Math.Min(Most, limits.Count); i++)
            if (
                limits[i] switch
                {
                    null => "A limit is missing here.",
                    { Channel: null or "" } => "Give the channel, and campaign and segment where performance names them.",
                    { Minimum: null, Maximum: null } => "Give minimum, maximum or both.",
                    { Minimum: < 0 } or { Maximum: < 0 } => "Amounts are 0 or more.",
                    { Minimum: { } least, Maximum: { } most } when least > most => "The minimum is above the maximum.",
                    { } limit when !IsCents(limit.Minimum) || !IsCents(limit.Maximum) => "Amounts have at most two decimals.",
                    { } limit when !seen.Add(limit.Cell) => "The same cell comes twice.",
                    _ => null,
                } is
                { } reason
            )
                yield return new($"limits[{i}]", reason);
    }

    /// <summary>Whether they can be kept with that total and those cells.</summary>
    public static IEnumerable<FieldError> Check(IReadOnlyList<LimitWanted> limits, IReadOnlyList<CellHistory> cells, decimal total)
    {
        var known = cells.Select(c => c.Cell).ToHashSet();
        for (var i = 0; i < limits.Count; i++)
            if (!known.Contains(limits[i].Cell))
            {
                var near = known
                    .Where(c => c.Channel == limits[i].Cell.Channel)
                    .Select(c => c.ToString())
                    .Order(StringComparer.Ordinal)
                    .Take(5);
                yield return new(
                    $"limits[{i}]",
                    near.Any()
                        ? $"'{limits[i].Cell}' has no performance of its own; there are {string.Join(", ", near)}: a limit is for one of them."
                        : $"'{limits[i].Cell}' has no performance: there is nothing to limit."
                );
            }
        if (limits.Sum(l => l.Minimum ?? 0) > total)
            yield return new("limits", $"The minimums sum to {limits.Sum(l => l.Minimum ?? 0):0.00}, above the total.");
        var limited = limits.Where(l => l.Maximum is not null).Select(l => l.Cell).ToHashSet();
        if (known.All(limited.Contains) && limits.Sum(l => l.Maximum ?? 0) < total)
            yield return new(
                "limits",
                $"Every cell has a maximum, and they sum to {limits.Sum(l => l.Maximum ?? 0):0.00}: the total could not be spent."
            );
    }

    public static Dictionary<Cell, CellLimit> Of(IReadOnlyList<LimitWanted> limits, long total) =>
        limits.ToDictionary(
            l => l.Cell,
            l => new CellLimit((long)((l.Minimum ?? 0) * 100), l.Maximum is { } most ? Math.Min(total, (long)(most * 100)) : total)
        );

    private static bool IsCents(decimal? amount) =>
        amount is not { } value || (value <= AllocateBudget.MaxTotal && decimal.Round(value, 2) == value);
}
