using System.Globalization;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>What is known of a period's days.</summary>
/// <param name="Spent">Cents by day, of the days of the period that have performance.</param>
/// <param name="Allocated">Cents by day, of the newest budgets of its days.</param>
/// <param name="Factors">By day of the week, Sunday first.</param>
internal sealed record PeriodFacts(
    IReadOnlyDictionary<DateOnly, long> Spent,
    IReadOnlyDictionary<DateOnly, long> Allocated,
    IReadOnlyList<double> Factors,
    DayResponse Response
);

/// <param name="Amount">Cents.</param>
internal readonly record struct PlannedDay(DateOnly Date, long Amount);

/// <summary>How a period stands, and what its days from today on may spend.</summary>
/// <param name="SpentBefore">Cents of the days before today; <paramref name="SpentToday"/> is what is known of today.</param>
/// <param name="Days">From today (or the first day) to the last; none where it is over. They sum to at most <paramref name="Left"/>.</param>
/// <param name="Left">Cents for today and the days after; negative where more is spent than was to be.</param>
/// <param name="Forecast">Cents at the end, if days spend as much of their budgets as those so far did.</param>
internal sealed record PeriodProgress(
    BudgetPeriod Period,
    DateOnly Today,
    long SpentBefore,
    long SpentToday,
    long Left,
    IReadOnlyList<PlannedDay> Days,
    long Forecast
)
{
    /// <summary>A forecast this near to the total is on plan.</summary>
    private const double Near = 0.02;

    public static PeriodProgress Of(BudgetPeriod period, PeriodFacts facts, DateOnly today)
    {
        var total = (long)(period.Total * 100);
        var before = facts.Spent.Where(s => s.Key < today).Sum(s => s.Value);
        var now = facts.Spent.GetValueOrDefault(today);
        var left = total - before;
        var first = today > period.FirstDay ? today : period.FirstDay;
        var isOn = first == today && today <= period.LastDay;
        // Today's budget stands once it is divided; and what is spent today is spent, whatever was planned.
        var days = Plan(period, facts, first, left, isOn && facts.Allocated.TryGetValue(today, out var divided) ? divided : null, now);
        if (isOn && days[0].Amount < now)
            days = Plan(period, facts, first, left, now, now);
        return new(period, today, before, now, left, days, before + Coming(days, facts, today, now));
    }

    /// <param name="standing">Cents of the first day, where it is not to be planned any more.</param>
    private static List<PlannedDay> Plan(BudgetPeriod period, PeriodFacts facts, DateOnly first, long left, long? standing, long now)
    {
        List<PlannedDay> days = [];
        if (standing is { } amount)
            days.Add(new(first, Math.Min(Math.Max(amount, now), Math.Max(0, left))));
        var from = first.AddDays(days.Count);
        var dates = Enumerable.Range(0, Math.Max(0, period.LastDay.DayNumber - from.DayNumber + 1)).Select(from.AddDays).ToArray();
        long? anchor =
            days.Count > 0 ? days[0].Amount
            : from > period.FirstDay && facts.Allocated.TryGetValue(from.AddDays(-1), out var yesterday) ? yesterday
            : null;
        double[] factors = [.. dates.Select(d => facts.Factors[(int)d.DayOfWeek])];
        var open = left - (days.Count > 0 ? Math.Max(days[0].Amount, now) : 0);
        var amounts = DaySpread.Of(open, factors, facts.Response, anchor, period.MaximumDailyChange);
        days.AddRange(dates.Select((date, i) => new PlannedDay(date, amounts[i])));
        return days;
    }

    public long Spent => SpentBefore + SpentToday;

    /// <value>Cents that the maximum daily change leaves without a day.</value>
    public long Unplaced => Days.Count == 0 ? 0 : Math.Max(0, Left - Math.Max(Days.Sum(d => d.Amount), SpentToday));

    /// <value><c>ended</c>, <c>planned</c> (it has not begun), <c>over</c>, <c>under</c>, <c>on-plan</c>, or <c>done</c>.</value>
    public string State
    {
        get
        {
            var total = (long)(Period.Total * 100);
            return Period.EndedAt is not null ? "ended"
                : Spent > total ? "over"
                : Today > Period.LastDay ? "done"
                : Today < Period.FirstDay ? "planned"
                : Forecast > total ? "over"
                : Forecast < total * (1 - Near) ? "under"
                : "on-plan";
        }
    }

    public string Sentence
    {
        get
        {
            var so = $"{Money(Spent)} of {Money((long)(Period.Total * 100))} {Period.Currency} are spent";
            if (Days.Count == 0 || Period.EndedAt is not null)
                return so + ".";
            if (Left <= 0)
                return string.Create(CultureInfo.InvariantCulture, $"{so}: nothing is left for the days to {Period.LastDay:yyyy-MM-dd}.");
            var difference = Forecast - (long)(Period.Total * 100);
            var end = difference switch
            {
                0 => "as planned",
                > 0 => $"{Money(difference)} over",
                _ => $"{Money(-difference)} under",
            };
            var unplaced =
                Unplaced > 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $" {Money(Unplaced)} find no day, because a day may differ by {Period.MaximumDailyChange * 100:0.##}% at most from the one before."
                    )
                    : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{so}; {Money(Left)} are for the {Days.Count} days from {Days[0].Date:yyyy-MM-dd}. At the pace so far it ends at {Money(Forecast)}, {end}.{unplaced}"
            );
        }
    }

    /// <returns>Cents that today and the days after will spend at the pace of the days before: what a day leaves goes to those after it.</returns>
    private static long Coming(List<PlannedDay> days, PeriodFacts facts, DateOnly today, long now)
    {
        var past = facts.Allocated.Where(a => a.Key < today && facts.Spent.ContainsKey(a.Key)).ToArray();
        var planned = past.Sum(a => a.Value);
        // Beyond twice its budget a day says nothing of the next ones.
        var pace = planned > 0 ? Math.Min(2, past.Sum(a => (double)facts.Spent[a.Key]) / planned) : 1;
        var (pool, spent) = (days.Sum(d => (double)d.Amount), 0.0);
        for (var i = 0; i < days.Count; i++)
        {
            var ahead = days.Skip(i).Sum(d => (double)d.Amount);
            var budget = ahead > 0 ? pool * days[i].Amount / ahead : 0;
            var day = Math.Max(days[i].Date == today ? now : 0, pace * budget);
            (spent, pool) = (spent + day, Math.Max(0, pool - day));
        }
        return (long)Math.Round(days.Count == 0 ? now : spent);
    }

    internal static string Money(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
