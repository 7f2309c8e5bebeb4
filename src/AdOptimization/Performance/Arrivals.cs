using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>Every version of a row that counted, as it came.</summary>
internal static class Arrivals
{
    /// <summary>Before the rows are stored: those that change nothing are no new version, and those that know the spend alone are none at all.</summary>
    public static Task AppendAsync(UnitOfWork work, IReadOnlyList<DayRow> stored, DateTimeOffset at, CancellationToken ct)
    {
        var rows = stored.Where(r => r.Conversions is not null).ToArray();
        return work.ExecuteAsync(
            AppendSql,
            new
            {
                Dates = rows.Select(r => r.Date).ToArray(),
                Channels = rows.Select(r => r.Channel).ToArray(),
                Campaigns = rows.Select(r => r.Campaign).ToArray(),
                Segments = rows.Select(r => r.Segment).ToArray(),
                Spends = rows.Select(r => r.Spend).ToArray(),
                Currencies = rows.Select(r => r.Currency).ToArray(),
                Conversions = rows.Select(r => r.Conversions).ToArray(),
                Values = rows.Select(r => r.Value).ToArray(),
                at,
            },
            ct
        );
    }

    /// <returns>The delay seen in the days that an allocation of <paramref name="date"/> learns from, by age before that day.</returns>
    public static async Task<IReadOnlyList<double>> DelayAsync(
        UnitOfWork work,
        DateOnly date,
        int lookBackDays,
        ShopDay day,
        CancellationToken ct
    )
    {
        var all = await work.QueryAsync<Version>(VersionsSql, new { First = date.AddDays(-lookBackDays), date }, ct);
        // What grows by the hour while the day lasts is not reported late.
        var versions = all.Where(v => !v.ByHour || day.Of(v.ArrivedAt) > v.Date).ToArray();
        // What a channel's feed did not yet send may still change: a day is as old as the newest word of its channel.
        var heard = versions.GroupBy(v => v.Channel).ToDictionary(c => c.Key, c => day.Of(c.Max(v => v.ArrivedAt)).DayNumber);
        var days = versions
            .GroupBy(v => (v.Date, v.Channel, v.Campaign, v.Segment))
            .Select(d => new DayVersions(
                heard[d.Key.Channel] - d.Key.Date.DayNumber,
                [.. d.Select(v => (day.Of(v.ArrivedAt).DayNumber - v.Date.DayNumber, v.Conversions))]
            ));
        return ReportingDelay.AsSeenFrom(date.DayNumber - day.Today.DayNumber, ReportingDelay.Estimate(days));
    }

    private sealed record Version(
        DateOnly Date,
        string Channel,
        string Campaign,
        string Segment,
        long Conversions,
        DateTimeOffset ArrivedAt,
        bool ByHour
    );

    private const string AppendSql = """
        insert into performance_versions (date, channel, campaign, segment, spend, currency, conversions, value, arrived_at)
        select r.*, @at
        from unnest(
            @Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[], @Spends::numeric[], @Currencies::text[],
            @Conversions::bigint[], @Values::numeric[]
        ) as r (date, channel, campaign, segment, spend, currency, conversions, value)
        where not exists (
            select from performance p
            where (p.date, p.channel, p.campaign, p.segment) = (r.date, r.channel, r.campaign, r.segment)
                and (p.spend, p.currency, p.conversions) = (r.spend, r.currency, r.conversions)
                and p.value is not distinct from r.value)
        """;

    private const string VersionsSql = """
        select date, channel, campaign, segment, conversions, arrived_at, exists (
            select from performance_parts h
            where (h.date, h.channel, h.campaign, h.segment) = (v.date, v.channel, v.campaign, v.segment) and h.hour >= 0) as by_hour
        from performance_versions v
        where date >= @First and date < @date
        order by date, channel, campaign, segment, arrived_at
        """;
}
