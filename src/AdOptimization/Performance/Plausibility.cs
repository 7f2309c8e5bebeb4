using System.Globalization;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>What is compared of a day.</summary>
internal readonly record struct KnownDay(DateOnly Date, decimal Spend, string Currency, long? Conversions);

/// <param name="LookBackDays">Days before and after a row's that it is compared with.</param>
/// <param name="Days">A cell with fewer days to compare with is believed.</param>
/// <param name="Deviations">Robust standard deviations above the median, on the logarithm, from which on a figure is implausible.</param>
/// <param name="Factor">Whatever the scatter, a figure below this multiple of the median is plausible.</param>
internal sealed record PlausibilityRules(int LookBackDays, int Days, double Deviations, double Factor);

/// <summary>
/// Whether a cell's own history makes a day possible: a feed that suddenly reports cents as euros must not move the budget.
/// </summary>
/// <remarks>
/// On the logarithm, because spend and conversions scatter by a factor: median + k · 1.4826 · MAD, which one wild day in the history does
/// not move (Leys et al. 2013, "Detecting outliers: do not use standard deviation around the mean"). Up to twice the highest day
/// that is stored is plausible too: it was plausible or was released, so a level that somebody confirmed is not asked about every day.
/// Only too much is judged: a small day is a campaign that ends.
/// </remarks>
internal static class Plausibility
{
    private const double NormalPerMad = 1.4826;

    /// <param name="stored">Days of the cell that are stored, in any order; the row's own among them where it corrects.</param>
    /// <param name="sent">Days of the cell in the same request: compared with where too few are stored.</param>
    /// <returns>Why the row is implausible, or null.</returns>
    public static string? Doubt(DayRow row, IReadOnlyList<KnownDay> stored, IReadOnlyList<KnownDay> sent, PlausibilityRules rules) =>
        Doubt("spend", row.Date, (double)row.Spend, 0, [.. Spends(row, stored)], [.. Spends(row, sent)], rules)
        ?? (
            row.Conversions is { } conversions
                ? Doubt("conversions", row.Date, conversions, 1, [.. Conversions(stored)], [.. Conversions(sent)], rules)
                : null
        );

    private static IEnumerable<(DateOnly, double)> Conversions(IReadOnlyList<KnownDay> days) =>
        days.Where(d => d.Conversions is not null).Select(d => (d.Date, (double)d.Conversions!));

    private static IEnumerable<(DateOnly, double)> Spends(DayRow row, IReadOnlyList<KnownDay> days) =>
        days.Where(d => d.Currency == row.Currency).Select(d => (d.Date, (double)d.Spend));

    /// <param name="offset">Added before the logarithm: 1 to counts, which are small.</param>
    private static string? Doubt(
        string what,
        DateOnly date,
        double figure,
        double offset,
        (DateOnly Date, double Figure)[] stored,
        (DateOnly Date, double Figure)[] sent,
        PlausibilityRules rules
    )
    {
        var known = Near(date, stored, offset, rules);
        if (known.Length < rules.Days)
        {
            var again = sent.Select(s => s.Date).ToHashSet();
            known = Near(date, [.. stored.Where(s => !again.Contains(s.Date)), .. sent], offset, rules);
        }
        if (known.Length < rules.Days)
            return null;
        var logs = known.Select(f => Math.Log(f + offset)).ToArray();
        var middle = Median(logs);
        var scatter = NormalPerMad * Median([.. logs.Select(l => Math.Abs(l - middle))]);
        var most = Math.Exp(middle + Math.Max(rules.Deviations * scatter, Math.Log(rules.Factor))) - offset;
        most = Math.Max(most, 2 * stored.Select(s => s.Figure).DefaultIfEmpty().Max());
        return figure <= most
            ? null
            : $"{what} {Number(figure)} is far above what {known.Length} days of this cell make plausible: "
                + $"at most {Number(most)}, {Number(Math.Exp(middle) - offset)} in the middle.";
    }

    private static double[] Near(DateOnly date, (DateOnly Date, double Figure)[] days, double offset, PlausibilityRules rules) =>
        [
            .. days.Where(d => d.Date != date && Math.Abs(d.Date.DayNumber - date.DayNumber) <= rules.LookBackDays && d.Figure + offset > 0)
                .Select(d => d.Figure),
        ];

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private static string Number(double figure) => figure.ToString("0.##", CultureInfo.InvariantCulture);
}
