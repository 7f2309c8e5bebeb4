using System.Globalization;
using MarketingPlatform.AdOptimization.Budget.Periods;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Budget;

/// <param name="Until">When the caps end: ask again by then, after the rows of the hour are sent.</param>
/// <param name="Traffic">Usual part of a day's showings in each hour of the shop's day, from the last days' hourly rows; even without any.</param>
internal sealed record PacingView(
    DateOnly Date,
    string Currency,
    Guid AllocationId,
    DateTimeOffset At,
    DateTimeOffset Until,
    IReadOnlyList<double> Traffic,
    IReadOnlyList<PacedCell> Cells,
    PacedPeriod? Period = null
);

/// <summary>The budget for several days that today is in.</summary>
/// <param name="Left">For today and the days after, by what the days before have cost as far as is known now. Where that is less than today's
/// budget, every cell's part of it is cut by the same part.</param>
internal sealed record PacedPeriod(Guid Id, string Name, decimal Total, decimal SpentBefore, decimal Left);

/// <param name="Planned">For the day, by the newest allocation.</param>
/// <param name="Expected">What the day's usual traffic would have spent by now.</param>
/// <param name="Cap">What may be spent until the caps end, beyond <paramref name="Spent"/>.</param>
/// <param name="State"><c>on-plan</c>, <c>ahead</c>, <c>behind</c>, <c>done</c> (all of it is spent) or <c>stopped</c>.</param>
internal sealed record PacedCell(
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Planned,
    decimal Spent,
    decimal Expected,
    decimal Cap,
    string State,
    string Sentence
);

/// <summary>
/// <c>GET /api/v1/ads/budget/pacing?currency=&amp;minutes=</c>: what each cell of today's allocation may spend in the next minutes, from what hourly
/// rows say it has spent. Whoever keeps to the caps and reports what was spent never spends more than planned.
/// </summary>
internal static class ShowPacing
{
    private const int HoursOfADay = 24;
    private const int TrafficDays = 28;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/budget/pacing", Handle)
            .RequireScope(Scope.Read)
            .WithName("showAdPacing")
            .WithSummary("What each cell of today's budget may spend in the next minutes.");

    private static async Task<Results<Ok<PacingView>, ProblemHttpResult>> Handle(
        string? currency,
        int? minutes,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (currency is not null && !PerformanceRules.IsCurrency(currency))
            return Problem.Invalid(new FieldError("currency", "Give an ISO 4217 code such as EUR."));
        if (minutes is < 1 or > 60)
            return Problem.Invalid(new FieldError("minutes", "Give minutes from 1 to 60: how long the caps are to hold."));
        var (money, now) = ((currency ?? shop.Value.Currency).ToUpperInvariant(), clock.GetUtcNow());
        var today = day.Of(now);
        await using var work = await db.BeginAsync(ct);
        var planned = await work.QueryAsync<PlannedRow>(PlannedSql, new { today, money }, ct);
        if (planned.Count == 0)
            return Problem.Of(
                409,
                "no-allocation",
                "Nothing is planned for today",
                $"There is no budget in {money} for {today:yyyy-MM-dd}: divide one with POST {Routes.Ads}/budget/allocate and that date."
            );
        var showings = await work.QueryAsync<HourRow>(TrafficSql, new { First = today.AddDays(-TrafficDays), today }, ct);
        var inputs = await AllocationInputs.ReadAsync(work, today, options.Value.LookBackDays, money, day, ct);
        var traffic = Traffic(showings.ToDictionary(s => (int)s.Hour, s => (double)s.Impressions));
        var (ends, starts) = (day.StartOf(today.AddDays(1)), day.StartOf(today));
        // A day of a change of clocks has 23 or 25 hours: its traffic is stretched.
        var at = (now - starts) / (ends - starts) * HoursOfADay;
        var length = TimeSpan.FromMinutes(minutes ?? 15) / (ends - starts) * HoursOfADay;
        var stops = Stops(inputs, options.Value);
        var period = await PeriodAsync(work, today, money, ct);
        planned = Within(planned, period?.Left);
        return TypedResults.Ok(
            new PacingView(
                today,
                money,
                planned[0].AllocationId,
                now,
                now + TimeSpan.FromMinutes(minutes ?? 15) is var until && until < ends ? until : ends,
                traffic,
                [.. planned.Select(row => Pace(row, traffic, at, length, stops.GetValueOrDefault(row.Cell), money))],
                period
            )
        );
    }

    private static async Task<PacedPeriod?> PeriodAsync(UnitOfWork work, DateOnly today, string currency, CancellationToken ct)
    {
        if (await PeriodStore.OfDayAsync(work, today, currency, ct) is not { } period)
            return null;
        var before = await work.QuerySingleAsync<decimal>(
            SpentBeforeSql,
            new
            {
                period.FirstDay,
                today,
                currency,
            },
            ct
        );
        return new(period.Id, period.Name, period.Total, before, period.Total - before);
    }

    /// <returns>The same, cut to what is left: a day is never planned over its period.</returns>
    internal static IReadOnlyList<PlannedRow> Within(IReadOnlyList<PlannedRow> planned, decimal? left)
    {
        var sum = planned.Sum(p => p.Amount);
        if (left is not { } most || sum <= most)
            return planned;
        var part = Math.Max(0, most) / sum;
        return [.. planned.Select(p => p with { Amount = Math.Floor(p.Amount * part * 100) / 100 })];
    }

    internal static PacedCell Pace(PlannedRow row, IReadOnlyList<double> traffic, double at, double length, string? stop, string currency)
    {
        var (planned, spent) = ((long)(row.Amount * 100), (long)Math.Ceiling(row.Spent * 100));
        var (next, later) = (Between(traffic, at, at + length), Between(traffic, at + length, HoursOfADay));
        var expected = Between(traffic, 0, at) / Between(traffic, 0, HoursOfADay) * planned;
        var cap = stop is not null ? 0 : DayPacing.Cap(planned, spent, [next, later], 0);
        var state =
            stop is not null ? "stopped"
            : spent >= planned ? "done"
            : spent > expected + 0.1 * planned ? "ahead"
            : spent < expected - 0.1 * planned ? "behind"
            : "on-plan";
        var sentence = stop is not null
            ? $"{row.Cell}: {stop}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Cell}: {row.Spent:0.00} of {row.Amount:0.00} {currency} spent where {expected / 100:0.00} is usual by now; {cap / 100m:0.00} at most until then."
            );
        return new(
            row.Channel,
            row.Campaign is "" ? null : row.Campaign,
            row.Segment is "" ? null : row.Segment,
            row.Amount,
            row.Spent,
            Math.Round((decimal)expected / 100, 2),
            cap / 100m,
            state,
            sentence
        );
    }

    /// <returns>Parts of a day by hour that sum to 1; hours that were never seen get a little, so that nothing is shut out.</returns>
    internal static double[] Traffic(IReadOnlyDictionary<int, double> showings)
    {
        var sum = showings.Values.Sum();
        var hours = Enumerable.Range(0, HoursOfADay).Select(h => sum > 0 ? showings.GetValueOrDefault(h) / sum + 1e-3 : 1).ToArray();
        var all = hours.Sum();
        return [.. hours.Select(h => h / all)];
    }

    /// <returns>Traffic from one time of the day to another, in hours with fractions.</returns>
    private static double Between(IReadOnlyList<double> traffic, double from, double to)
    {
        var sum = 0.0;
        for (var hour = 0; hour < traffic.Count; hour++)
            sum += traffic[hour] * Math.Max(0, Math.Min(to, hour + 1) - Math.Max(from, hour));
        return sum;
    }

    private static Dictionary<Cell, string> Stops(AllocationInputs inputs, AdsOptions options)
    {
        if (inputs.Cells.Count == 0)
            return [];
        LearningRules learning = new(options.HalfLifeDays, inputs.Reported);
        var worths = inputs.Cells.Any(c => c.Value > 0) ? CurveLearning.Worths(inputs.Cells) : null;
        return inputs
            .Cells.Select((cell, i) => (cell.Cell, Stop: StopLoss.Of(cell, worths?[i], options.StopLoss, learning)))
            .Where(s => s.Stop is not null)
            .ToDictionary(s => s.Cell, s => s.Stop!);
    }

    internal sealed record PlannedRow(Guid AllocationId, string Channel, string Campaign, string Segment, decimal Amount, decimal Spent)
    {
        public Cell Cell => new(Channel, Campaign, Segment);
    }

    private sealed record HourRow(short Hour, long Impressions);

    private const string PlannedSql = """
        select c.allocation_id, c.channel, c.campaign, c.segment, c.amount, coalesce(p.spend, 0) as spent
        from allocation_cells c
        left join performance p on p.date = @today and p.currency = @money
            and (p.channel, p.campaign, p.segment) = (c.channel, c.campaign, c.segment)
        where c.allocation_id = (
            select id from allocations where date = @today and currency = @money order by id desc limit 1)
        order by c.channel, c.campaign, c.segment
        """;

    private const string SpentBeforeSql = """
        select coalesce(sum(spend), 0) from performance where currency = @currency and date >= @FirstDay and date < @today
        """;

    private const string TrafficSql = """
        select hour, sum(impressions)::bigint as impressions
        from performance_parts
        where hour >= 0 and date >= @First and date < @today
        group by hour
        """;
}
