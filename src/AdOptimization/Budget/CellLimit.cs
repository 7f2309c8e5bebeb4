using System.Text.Json.Serialization;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What a cell, or all cells of a channel together, must or may get, whatever it returns.</summary>
/// <param name="Least">Cents.</param>
/// <param name="Most">Cents; at least <paramref name="Least"/>.</param>
internal readonly record struct CellLimit(long Least, long Most);

/// <summary>The same as a caller writes it.</summary>
/// <param name="Channel">With campaign and segment the place, as performance names it. Alone (both null) it is all of the channel; the cell
/// of a channel that names neither campaign nor segment is written with an empty one ("").</param>
/// <param name="Minimum">Of the day, in money with at most two decimals; null is none. <paramref name="Maximum"/> alike.</param>
internal sealed record LimitWanted(string? Channel, string? Campaign, string? Segment, decimal? Minimum, decimal? Maximum)
{
    private const int Most = 1_000;

    [JsonIgnore]
    public Cell Cell => new(PerformanceRules.ChannelOf(Channel ?? ""), Campaign?.Trim() ?? "", Segment?.Trim() ?? "");

    /// <value>Whether it is of all the channel's cells together.</value>
    [JsonIgnore]
    public bool IsOfChannel => Campaign is null && Segment is null;

    /// <summary>Whether they make sense by themselves; <see cref="LimitConflicts"/> says whether they can be kept.</summary>
    public static IEnumerable<FieldError> Check(IReadOnlyList<LimitWanted?>? limits)
    {
        if (limits is null)
            yield break;
        if (limits.Count > Most)
            yield return new("limits", $"Give at most {Most}.");
        var seen = new HashSet<(Cell, bool)>();
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
                    { } limit when !seen.Add((limit.Cell, limit.IsOfChannel)) => limit.IsOfChannel
                        ? "The same channel comes twice."
                        : "The same cell comes twice.",
                    _ => null,
                } is
                { } reason
            )
                yield return new($"limits[{i}]", reason);
    }

    public static Dictionary<Cell, CellLimit> OfCells(IReadOnlyList<LimitWanted> limits, long total) =>
        limits.Where(l => !l.IsOfChannel).ToDictionary(l => l.Cell, l => l.Within(total));

    public static Dictionary<string, CellLimit> OfChannels(IReadOnlyList<LimitWanted> limits, long total) =>
        limits.Where(l => l.IsOfChannel).ToDictionary(l => l.Cell.Channel, l => l.Within(total));

    private CellLimit Within(long total) =>
        new((long)((Minimum ?? 0) * 100), Maximum is { } most ? Math.Min(total, (long)(most * 100)) : total);

    private static bool IsCents(decimal? amount) =>
        amount is not { } value || (value <= AllocateBudget.MaxTotal && decimal.Round(value, 2) == value);
}
