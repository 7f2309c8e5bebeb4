using System.Globalization;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>What is compared of a day.</summary>
internal readonly record struct KnownDay(DateOnly Date, decimal Spend, string Currency, long? Conversions, decimal? Value = null);

/// <param name="LookBackDays">Days before and after a row's that it is compared with.</param>
/// <param name="Days">A cell with fewer days to compare with is compared with its campaign or channel.</param>
/// <param name="Deviations">Robust standard deviations from the median, on the logarithm, from which on a figure is implausible.</param>
/// <param name="Factor">Whatever the scatter, a figure below this multiple of the median is plausible.</param>
/// <param name="FallFactor">Whatever the scatter, a figure above the median through this is plausible; so far may a conversion's worth move
/// either way.</param>
/// <param name="NewFactor">As <paramref name="Factor"/>, for cells that are compared with their campaign or channel.</param>
internal sealed record PlausibilityRules(int LookBackDays, int Days, double Deviations, double Factor, double FallFactor, double NewFactor);

/// <summary>What a row is compared with.</summary>
/// <param name="Stored">Days of the cell that are stored, in any order; the row's own among them where it corrects.</param>
/// <param name="Sent">Days of the cell in the same request: compared with where too few are stored.</param>
/// <param name="Kin">Days of cells of its campaign, or else of its channel, for a cell that is new.</param>
/// <param name="KinName">Which of them.</param>
internal sealed record Comparison(
    IReadOnlyList<KnownDay> Stored,
    IReadOnlyList<KnownDay> Sent,
    IReadOnlyList<KnownDay> Kin,
    string KinName = ""
);

/// <summary>
/// Whether a cell's own history makes a day possible: a feed that suddenly reports cents as euros must not move the budget.
/// </summary>
/// <remarks>
/// On the logarithm, because spend, conversions and what one is worth scatter by a factor: median ± k · 1.4826 · MAD, which one wild day in
/// the history does not move (Leys et al. 2013, "Detecting outliers: do not use standard deviation around the mean"). Up to twice the highest
/// day that is stored is plausible too, and down to half of the lowest: it was plausible or was released, so a level that somebody confirmed is
/// not asked about every day. Nothing spent is a campaign that ends; a day that is not over may be as small as it likes, and so may the
/// conversions of days of which many are still to be reported. A cell that is new has no level yet: it may begin as small as it likes, and is
/// asked about only far above all that its campaign or channel does. A currency that a cell never had is asked about once.
/// </remarks>
internal static class Plausibility
{
    private const double NormalPerMad = 1.4826;

    /// <summary>Of the bounds, which go through logarithms: four conversions are not more than at most four.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Days after which few conversions are taken for good.</summary>
    private const int Reported = 7;

    /// <returns>Why the row is implausible, or null.</returns>
    public static string? Doubt(DayRow row, Comparison with, DateOnly today, PlausibilityRules rules)
    {
        var over = row.Date < today;
        return OfCurrency(row, with, rules)
            ?? Doubt(Measure.Spend, row, with, over, rules)
            ?? Doubt(Measure.Conversions, row, with, over && today.DayNumber - row.Date.DayNumber > Reported, rules)
            ?? Doubt(Measure.Worth, row, with, over, rules);
    }

    /// <summary>A cell that changes its currency from one day to the next is more often a feed's fault: there, its money would not be seen any more.</summary>
    private static string? OfCurrency(DayRow row, Comparison with, PlausibilityRules rules)
    {
        var near = with
            .Stored.Where(d => d.Date != row.Date && Math.Abs(d.Date.DayNumber - row.Date.DayNumber) <= rules.LookBackDays)
            .ToArray();
        return near.Length >= rules.Days && with.Stored.All(d => d.Currency != row.Currency)
            ? $"currency {row.Currency} is new: all {near.Length} days of this cell are in {string.Join(" or ", near.Select(d => d.Currency).Distinct())}."
            : null;
    }

    private static string? Doubt(Measure what, DayRow row, Comparison with, bool mayFall, PlausibilityRules rules)
    {
        var day = new KnownDay(row.Date, row.Spend, row.Currency, row.Conversions, row.Value);
        if (what.Of(day) is not { } figure)
            return null;
        var own = Figures(with.Stored);
        var known = Near(own);
        if (known.Length < rules.Days)
        {
            var again = with.Sent.Select(s => s.Date).ToHashSet();
            known = Near([.. own.Where(s => !again.Contains(s.Date)), .. Figures(with.Sent)]);
        }
        var isNew = known.Length < rules.Days;
        if (isNew)
            known = Near(Figures(with.Kin), false);
        if (known.Length < rules.Days)
            return null;
        var (least, middle, most) = Bounds(known, what, isNew, rules);
        if (own.Length > 0)
            (least, most) = (
                Math.Min(least, own.Where(o => o.Figure > 0).Select(o => o.Figure).DefaultIfEmpty(least).Min() / 2),
                Math.Max(most, 2 * own.Max(o => o.Figure))
            );
        var days = isNew ? $"{known.Length} days of {with.KinName}" : $"{known.Length} days of this cell";
        if (figure > most * (1 + Rounding))
            return $"{what.Name} {Number(figure)} is far above what {days} make plausible: at most {Number(most)}, {Number(middle)} in the middle.";
        return mayFall && !isNew && figure < least * (1 - Rounding) && (figure > 0 || row.Spend > 0)
            ? $"{what.Name} {Number(figure)} is far below what {days} make plausible: at least {Number(least)}, {Number(middle)} in the middle."
            : null;

        (DateOnly Date, double Figure)[] Figures(IEnumerable<KnownDay> days) =>
            [
                .. days.Where(d => d.Currency == row.Currency || what == Measure.Conversions)
                    .Select(d => (d.Date, Figure: what.Of(d)))
                    .Where(d => d.Figure is not null)
                    .Select(d => (d.Date, d.Figure!.Value)),
            ];

        double[] Near(IEnumerable<(DateOnly Date, double Figure)> days, bool others = true) =>
            [
                .. days.Where(d =>
                        (!others || d.Date != row.Date)
                        && Math.Abs(d.Date.DayNumber - row.Date.DayNumber) <= rules.LookBackDays
                        && d.Figure + what.Offset > 0
                    )
                    .Select(d => d.Figure),
            ];
    }

    private static (double Least, double Middle, double Most) Bounds(double[] known, Measure what, bool isNew, PlausibilityRules rules)
    {
        var logs = known.Select(f => Math.Log(f + what.Offset)).ToArray();
        var middle = Median(logs);
        var scatter = rules.Deviations * NormalPerMad * Median([.. logs.Select(l => Math.Abs(l - middle))]);
        var factor =
            isNew ? rules.NewFactor
            : what == Measure.Worth ? rules.FallFactor
            : rules.Factor;
        var most = Math.Exp(middle + Math.Max(scatter, Math.Log(factor))) - what.Offset;
        var least = Math.Exp(middle - Math.Max(scatter, Math.Log(rules.FallFactor))) - what.Offset;
        return (least, Math.Exp(middle) - what.Offset, isNew ? Math.Max(most, 2 * known.Max()) : most);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private static string Number(double figure) => figure.ToString("0.##", CultureInfo.InvariantCulture);

    /// <param name="Offset">Added before the logarithm: 1 to counts, which are small.</param>
    private sealed record Measure(string Name, double Offset, Func<KnownDay, double?> Of)
    {
        public static readonly Measure Spend = new("spend", 0, d => (double)d.Spend);
        public static readonly Measure Conversions = new("conversions", 1, d => d.Conversions);
        public static readonly Measure Worth = new(
            "value of a conversion",
            0,
            d => d is { Conversions: > 0, Value: { } value } ? (double)value / d.Conversions.Value : null
        );
    }
}
