using System.Globalization;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>What a week sold, and how often.</summary>
internal sealed record WeekOfSales(DateOnly Week, decimal Revenue, long Orders);

/// <summary>What a week cost on a channel.</summary>
internal sealed record WeekOfSpend(DateOnly Week, string Channel, decimal Spend);

/// <summary>What a hold-out measured: revenue that so much spend caused.</summary>
internal sealed record MeasuredLift(
    string Channel,
    string Name,
    DateOnly StartsOn,
    DateOnly EndsOn,
    double Incremental,
    double StandardError,
    double Spend
);

/// <summary>Whole weeks, Monday to Sunday in the shop's time zone, ready to be fitted.</summary>
/// <param name="Notes">Channels and hold-outs that could not be used.</param>
internal sealed record ShopWeeks(MixData Data, IReadOnlyList<LiftTest> Tests, IReadOnlyList<string> Notes)
{
    /// <summary>Older ones tell of another shop.</summary>
    public const int Most = 208;

    /// <summary>Weeks with spend that a channel needs.</summary>
    private const int FewestOfChannel = 8;

    /// <summary>Part of the weeks that must have orders: else they were not told to us.</summary>
    private const double LeastSold = 0.9;

    /// <param name="today">Its week is not over.</param>
    /// <returns>The weeks, or what is missing for them.</returns>
    public static async Task<(ShopWeeks? Weeks, string? Missing)> ReadAsync(
        AdsDatabase db,
        string currency,
        DateOnly today,
        ShopDay day,
        int fewest,
        CancellationToken ct
    )
    {
        var span = await db.QuerySingleAsync<Span>(SpanSql, new { currency }, ct);
        if (span is not { FirstSpend: { } firstSpend, LastSpend: { } lastSpend, FirstOrder: { } firstOrder })
            return (null, $"There are no orders, or there is no performance, in {currency} yet.");
        var ordersFrom = day.Of(firstOrder);
        // The first week that both are known of as a whole, and the last one that performance has reached the end of.
        var first = Monday((ordersFrom > firstSpend ? ordersFrom : firstSpend).AddDays(6));
        var end = Monday(lastSpend.AddDays(1));
        end = end < Monday(today) ? end : Monday(today);
        if (end.DayNumber - first.DayNumber > 7 * Most)
            first = end.AddDays(-7 * Most);
        var weeks = Enumerable.Range(0, Math.Max(0, end.DayNumber - first.DayNumber) / 7).Select(w => first.AddDays(7 * w)).ToArray();
        if (weeks.Length < fewest)
            return (
                null,
                $"{weeks.Length} whole weeks have both orders and performance in {currency}; {fewest} are needed, two years are better."
            );
        var sales = await db.QueryAsync<WeekOfSales>(
            SalesSql,
            new
            {
                Weeks = weeks,
                Starts = weeks.Select(w => day.StartOf(w).UtcDateTime).ToArray(),
                Ends = weeks.Select(w => day.StartOf(w.AddDays(7)).UtcDateTime).ToArray(),
                currency,
            },
            ct
        );
        var args = new
        {
            first,
            end,
            currency,
        };
        return Of(weeks, sales, await db.QueryAsync<WeekOfSpend>(SpendSql, args, ct), await db.QueryAsync<MeasuredLift>(LiftSql, args, ct));
    }

    internal static (ShopWeeks? Weeks, string? Missing) Of(
        IReadOnlyList<DateOnly> weeks,
        IReadOnlyList<WeekOfSales> sales,
        IReadOnlyList<WeekOfSpend> spends,
        IReadOnlyList<MeasuredLift> lifts
    )
    {
        var sold = sales.Where(s => s.Orders > 0).ToDictionary(s => s.Week, s => (double)s.Revenue);
        if (sold.Count < LeastSold * weeks.Count)
            return (null, $"Only {sold.Count} of {weeks.Count} weeks have orders: import the missing ones.");
        List<string> notes = [];
        List<NamedSeries> channels = [];
        foreach (var channel in spends.GroupBy(s => s.Channel).OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var byWeek = channel.ToDictionary(s => s.Week, s => (double)s.Spend);
            double[] values = [.. weeks.Select(w => byWeek.GetValueOrDefault(w))];
            if (values.Count(v => v > 0) is < FewestOfChannel and var few)
                notes.Add($"{channel.Key} is left out: only {few} weeks have spend, {FewestOfChannel} are needed.");
            else
                channels.Add(new(channel.Key, values));
        }
        if (channels.Count == 0)
            return (null, $"No channel has spend in {FewestOfChannel} weeks.");
        var data = new MixData(weeks, [.. weeks.Select(w => sold.GetValueOrDefault(w))], channels, []);
        return (new(data, [.. lifts.Select(l => Test(l, data, notes)).OfType<LiftTest>()], notes), null);
    }

    /// <summary>A hold-out of a part of the shop says what a unit of money caused; those weeks' spend caused so much more.</summary>
    private static LiftTest? Test(MeasuredLift lift, MixData data, List<string> notes)
    {
        var channel = data.Channels.FirstOrDefault(c => c.Name == lift.Channel);
        // Weeks of which most days are among its days.
        var inside = Enumerable
            .Range(0, data.Periods)
            .Where(t => lift.StartsOn.DayNumber - data.Dates[t].DayNumber <= 3 && lift.EndsOn.DayNumber - data.Dates[t].DayNumber >= 3)
            .ToArray();
        var spend = channel is null ? 0 : inside.Sum(t => channel.Values[t]);
        if (channel is null || !(spend > 0) || !(lift.Spend > 0) || !(lift.StandardError > 0))
        {
            notes.Add(
                $"Hold-out '{lift.Name}' does not calibrate it: there is no spend of {lift.Channel} in those weeks, or none told for the hold-out."
            );
            return null;
        }
        var scale = spend / lift.Spend;
        return new(lift.Channel, inside[0], inside[^1], scale * lift.Incremental, scale * lift.StandardError);
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private sealed record Span(DateOnly? FirstSpend, DateOnly? LastSpend, DateTimeOffset? FirstOrder);

    private const string SpanSql = """
        select (select min(date) from performance where currency = @currency) as first_spend,
            (select max(date) from performance where currency = @currency) as last_spend,
            (select min(at) from ad_orders where currency = @currency) as first_order
        """;

    private const string SalesSql = """
        select w.week, coalesce(sum(o.total), 0) as revenue, count(o.total) as orders
        from unnest(@Weeks::date[], @Starts::timestamptz[], @Ends::timestamptz[]) as w (week, starts, ends)
        left join ad_orders o on o.at >= w.starts and o.at < w.ends and o.currency = @currency
        group by w.week order by w.week
        """;

    private const string SpendSql = """
        select date_trunc('week', date)::date as week, channel, sum(spend) as spend
        from performance
        where date >= @first and date < @end and currency = @currency
        group by 1, 2
        """;

    private const string LiftSql = """
        select channel, name, starts_on, ends_on, (result ->> 'incremental')::float8 as incremental,
            (result ->> 'standardError')::float8 as standard_error, (result ->> 'spend')::float8 as spend
        from hold_outs
        where currency = @currency and result is not null and starts_on >= @first and ends_on < @end
        order by id
        """;
}
