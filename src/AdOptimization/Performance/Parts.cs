using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>Keeps parts of days. A part counts once the day that it sums to is stored; <see cref="PartBook"/> decides what is kept.</summary>
internal static class Parts
{
    /// <summary>Before days are judged; <see cref="AdsDatabase.ExclusiveForPerformance"/> is held.</summary>
    public static async Task<PartChange> AddAsync(
        UnitOfWork work,
        IReadOnlyList<PlacedRow> placed,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var days = new Days([.. placed.Select(p => CellDayKey.Of(p.Row)).Distinct()]);
        var known = await work.QueryAsync<Stored>(KnownSql, days, ct);
        var whole = await work.QueryAsync<Key>(WholeSql, days, ct);
        var change = PartBook.Apply(
            [.. known.Select(k => k.ToRow())],
            whole.Select(w => new CellDayKey(w.Date, w.Channel, w.Campaign, w.Segment)).ToHashSet(),
            placed
        );
        // What a whole row replaces goes once that row is believed.
        var replaced = change.Gone.Where(g => change.Stored.Any(s => CellDayKey.Of(s.Row) == CellDayKey.Of(g.Row))).ToArray();
        var hours = replaced.ToLookup(g =>
            g.Part.Hour >= 0 && !change.Stored.Any(s => s.Part.Hour == g.Part.Hour && CellDayKey.Of(s.Row) == CellDayKey.Of(g.Row))
        );
        if (hours[true].Any())
            await work.ExecuteAsync(SupersedeSql, new Columns([.. hours[true]], now), ct);
        if (hours[false].Any())
            await work.ExecuteAsync(DeleteSql, new Columns([.. hours[false]], now), ct);
        if (change.Stored.Count > 0)
            await work.ExecuteAsync(UpsertSql, new Columns(change.Stored, now), ct);
        return change;
    }

    /// <summary>After days were judged: parts of stored ones count, parts of refused ones go, parts of held ones wait.</summary>
    /// <param name="held">Places of the days that are held.</param>
    public static async Task SettleAsync(
        UnitOfWork work,
        PartChange change,
        IReadOnlyList<DayRow> stored,
        IReadOnlyList<int> held,
        CancellationToken ct
    )
    {
        await CountAsync(work, stored, ct);
        var refused = change
            .Days.Where(d => !held.Contains(d.Index))
            .Select(d => CellDayKey.Of(d.Row))
            .Except(stored.Select(CellDayKey.Of))
            .ToArray();
        await ForgetUncountedAsync(work, refused, ct);
    }

    /// <summary>The parts of these days count now; where the day is a row of its own with another sum, its hours only
    /// tell how it went any more.</summary>
    public static async Task CountAsync(UnitOfWork work, IReadOnlyList<DayRow> stored, CancellationToken ct)
    {
        if (stored.Count > 0)
            await work.ExecuteAsync(
                CountSql,
                new
                {
                    Dates = stored.Select(r => r.Date).ToArray(),
                    Channels = stored.Select(r => r.Channel).ToArray(),
                    Campaigns = stored.Select(r => r.Campaign).ToArray(),
                    Segments = stored.Select(r => r.Segment).ToArray(),
                    Spends = stored.Select(r => r.Spend).ToArray(),
                },
                ct
            );
    }

    public static async Task ForgetUncountedAsync(UnitOfWork work, IReadOnlyList<CellDayKey> days, CancellationToken ct)
    {
        if (days.Count > 0)
            await work.ExecuteAsync(ForgetSql, new Days(days), ct);
    }

    private sealed record Key(DateOnly Date, string Channel, string Campaign, string Segment);

    private sealed class Days(IReadOnlyList<CellDayKey> days)
    {
        public DateOnly[] Dates { get; } = [.. days.Select(d => d.Date)];
        public string[] Channels { get; } = [.. days.Select(d => d.Channel)];
        public string[] Campaigns { get; } = [.. days.Select(d => d.Campaign)];
        public string[] Segments { get; } = [.. days.Select(d => d.Segment)];
    }

    private sealed class Columns(IReadOnlyList<PartRow> parts, DateTimeOffset now)
    {
        public DateOnly[] Dates { get; } = [.. parts.Select(p => p.Row.Date)];
        public string[] Channels { get; } = [.. parts.Select(p => p.Row.Channel)];
        public string[] Campaigns { get; } = [.. parts.Select(p => p.Row.Campaign)];
        public string[] Segments { get; } = [.. parts.Select(p => p.Row.Segment)];
        public string[] AdSets { get; } = [.. parts.Select(p => p.Part.AdSet)];
        public string[] Creatives { get; } = [.. parts.Select(p => p.Part.Creative)];
        public short[] Hours { get; } = [.. parts.Select(p => (short)p.Part.Hour)];
        public decimal[] Spends { get; } = [.. parts.Select(p => p.Row.Spend)];
        public string[] Currencies { get; } = [.. parts.Select(p => p.Row.Currency)];
        public long?[] Impressions { get; } = [.. parts.Select(p => p.Row.Impressions)];
        public long?[] Clicks { get; } = [.. parts.Select(p => p.Row.Clicks)];
        public long?[] Conversions { get; } = [.. parts.Select(p => p.Row.Conversions)];
        public decimal?[] Values { get; } = [.. parts.Select(p => p.Row.Value)];
        public long?[] Reaches { get; } = [.. parts.Select(p => p.Part.Reach)];
        public DateTimeOffset At { get; } = now;
    }

    private sealed record Stored(
        DateOnly Date,
        string Channel,
        string Campaign,
        string Segment,
        string AdSet,
        string Creative,
        short Hour,
        decimal Spend,
        string Currency,
        long Impressions,
        long Clicks,
        long Conversions,
        decimal? Value,
        long? Reach
    )
    {
        public PartRow ToRow() =>
            new(
                new(Date, Channel, Campaign, Segment, Spend, Currency, Impressions, Clicks, Conversions, Value),
                new(Hour, AdSet, Creative, Reach)
            );
    }

    private const string OfDays = """
        join unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[]) as d (date, channel, campaign, segment)
            using (date, channel, campaign, segment)
        """;

    private const string KnownSql = $"""
        select date, channel, campaign, segment, ad_set, creative, hour, spend, currency, impressions, clicks, conversions, value, reach
        from performance_parts {OfDays}
        where not superseded
        """;

    private const string WholeSql = $"""
        select date, channel, campaign, segment
        from performance p {OfDays}
        where not exists (
            select from performance_parts q
            where (q.date, q.channel, q.campaign, q.segment) = (p.date, p.channel, p.campaign, p.segment) and not q.superseded)
        """;

    private const string Named = """
        unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[], @AdSets::text[], @Creatives::text[],
            @Hours::smallint[]) as g (date, channel, campaign, segment, ad_set, creative, hour)
        where (p.date, p.channel, p.campaign, p.segment, p.ad_set, p.creative, p.hour)
            = (g.date, g.channel, g.campaign, g.segment, g.ad_set, g.creative, g.hour)
        """;

    private const string DeleteSql = $"delete from performance_parts p using {Named}";

    private const string SupersedeSql = $"update performance_parts p set superseded = true, counts = false from {Named}";

    private const string UpsertSql = """
        insert into performance_parts (date, channel, campaign, segment, ad_set, creative, hour, spend, currency, impressions, clicks,
            conversions, value, reach, arrived_at)
        select r.*, @At
        from unnest(
            @Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[], @AdSets::text[], @Creatives::text[], @Hours::smallint[],
            @Spends::numeric[], @Currencies::text[], @Impressions::bigint[], @Clicks::bigint[], @Conversions::bigint[], @Values::numeric[],
            @Reaches::bigint[]
        ) as r
        on conflict (date, channel, campaign, segment, ad_set, creative, hour) do update set
            spend = excluded.spend, currency = excluded.currency, impressions = excluded.impressions, clicks = excluded.clicks,
            conversions = excluded.conversions, value = excluded.value, reach = excluded.reach, arrived_at = excluded.arrived_at,
            counts = false, superseded = false
        """;

    // Parts that do not sum to the stored day are of before a row that told the day as a whole: how its hours went is still known.
    private const string CountSql = """
        with days as (
            select * from unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[], @Spends::numeric[])
                as d (date, channel, campaign, segment, spend)
        ), sums as (
            select date, channel, campaign, segment, d.spend = sum(p.spend) as fits
            from performance_parts p join days d using (date, channel, campaign, segment)
            where not p.superseded
            group by date, channel, campaign, segment, d.spend
        ), gone as (
            delete from performance_parts p using sums s
            where not s.fits and p.hour < 0 and (p.date, p.channel, p.campaign, p.segment) = (s.date, s.channel, s.campaign, s.segment)
        )
        update performance_parts p set counts = s.fits, superseded = not s.fits from sums s
        where p.counts <> s.fits and not p.superseded and (s.fits or p.hour >= 0) and (p.date, p.channel, p.campaign, p.segment) = (s.date, s.channel, s.campaign, s.segment)
        """;

    private const string ForgetSql = """
        delete from performance_parts p
        using unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[]) as d (date, channel, campaign, segment)
        where not p.counts and not p.superseded and (p.date, p.channel, p.campaign, p.segment) = (d.date, d.channel, d.campaign, d.segment)
        """;
}
