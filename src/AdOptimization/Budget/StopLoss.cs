using System.Globalization;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>When a cell gets no more money at all, whatever its minimum share and the maximum daily change say.</summary>
/// <remarks>
/// A cell is stopped when what its recent spend can have brought, at 95 %, is below the least return: the upper bound of its conversions
/// (<see cref="PoissonBound"/>), with those that are reported late, times what one is worth. Where no value is known it cannot be judged. A cell is
/// judged by the days since the look-back's end; one that was stopped is tried again once they are over.
/// </remarks>
/// <param name="LeastReturn">Value by spend, 0 or more; 0 stops nothing.</param>
/// <param name="Days">Days that are looked at.</param>
internal sealed record StopLossRule(double LeastReturn, int Days)
{
    public static readonly StopLossRule Off = new(0, 14);
}

internal static class StopLoss
{
    /// <param name="worth">Of a conversion, in cents; null where no value is known.</param>
    /// <returns>Why the cell is stopped, or null.</returns>
    public static string? Of(CellHistory cell, double? worth, StopLossRule rule, LearningRules learning)
    {
        if (rule.LeastReturn <= 0 || worth is not { } cents)
            return null;
        var days = cell.Days.Where(d => d.Age <= rule.Days && d.Spend > 0).ToArray();
        if (days.Length == 0)
            return null;
        var spend = days.Sum(d => (double)d.Spend);
        var conversions = days.Sum(d => d.Conversions);
        // Part of what the spend brought that can be known by now.
        var known = days.Sum(d => (double)d.Spend * learning.ReportedAfter(d.Age)) / spend;
        var most = PoissonBound.Upper(conversions) * cents / 100 / known / spend;
        return most >= rule.LeastReturn
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"stopped: {conversions} conversions for {spend:0.00} in {rule.Days} days, so a unit of money returns {most:0.00##} at most (95 %), below the stop-loss of {rule.LeastReturn:0.##}."
            );
    }
}
