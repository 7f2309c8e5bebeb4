using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Performance;

/// <param name="Index">Place in the request, from 0.</param>
/// <param name="Id">To release or refuse it by.</param>
internal sealed record HeldRow(int Index, Guid Id, string Reason);

/// <summary>Sorts implausible rows out before anything counts them, and keeps them until somebody decides.</summary>
internal static class HeldRows
{
    /// <summary>The rows that may be stored, those held now, and those that were refused before and came again unchanged.</summary>
    internal sealed record Sorted(
        IReadOnlyList<PlacedRow> Plausible,
        IReadOnlyList<HeldRow> Held,
        IReadOnlyList<PerformanceRejection> Refused
    );

    public static async Task<Sorted> SortOutAsync(
        UnitOfWork work,
        IReadOnlyList<PlacedRow> rows,
        PlausibilityRules rules,
        DateOnly today,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
            return new([], [], []);
        var cells = rows.Select(p => (p.Row.Channel, p.Row.Campaign, p.Row.Segment)).Distinct().ToArray();
        var history = await work.QueryAsync<HistoryRow>(
            HistorySql,
            new
            {
                Channels = cells.Select(c => c.Channel).ToArray(),
                Campaigns = cells.Select(c => c.Campaign).ToArray(),
                Segments = cells.Select(c => c.Segment).ToArray(),
                First = rows.Min(p => p.Row.Date).AddDays(-rules.LookBackDays),
                Last = rows.Max(p => p.Row.Date).AddDays(rules.LookBackDays),
            },
            ct
        );
        var stored = history.ToLookup(h => (h.Channel, h.Campaign, h.Segment), h => h.Day);
        var sent = rows.ToLookup(p => (p.Row.Channel, p.Row.Campaign, p.Row.Segment), p => DayOf(p.Row));
        // Cells with enough days of their own ask nobody else.
        var fresh = cells
            .Where(c => stored[c].Count() < rules.Days && sent[c].Count() < rules.Days)
            .Select(c => c.Channel)
            .Distinct()
            .ToArray();
        var kin = fresh.Length == 0 ? [] : await KinAsync(work, rows, fresh, rules, ct);
        List<PlacedRow> plausible = [];
        List<HeldRow> held = [];
        List<PerformanceRejection> refused = [];
        foreach (var placed in rows)
        {
            if (Plausibility.Doubt(placed.Row, Comparison(placed.Row), today, rules) is not { } reason)
                plausible.Add(placed);
            else if (await work.QuerySingleAsync<bool>(WasRefusedSql, placed.Row, ct))
                refused.Add(new(placed.Index, $"The same row was held and refused before: {reason}"));
            else
                held.Add(new(placed.Index, await HoldAsync(work, placed.Row, reason, now, ct), reason));
        }
        return new(plausible, held, refused);

        Comparison Comparison(DayRow row)
        {
            var cell = (row.Channel, row.Campaign, row.Segment);
            var (own, together) = (stored[cell].ToArray(), sent[cell].ToArray());
            var channel = kin.Where(k => k.Channel == row.Channel).ToArray();
            var campaign = channel.Where(k => k.Campaign == row.Campaign).ToArray();
            return campaign.Length >= rules.Days && row.Campaign.Length > 0
                ? new(own, together, [.. campaign.Select(k => k.Day)], $"campaign {row.Campaign}")
                : new(own, together, [.. channel.Select(k => k.Day)], $"channel {row.Channel}");
        }
    }

    /// <returns>Days of channels; what is sent counts only for those of which too few are stored.</returns>
    private static async Task<IReadOnlyList<HistoryRow>> KinAsync(
        UnitOfWork work,
        IReadOnlyList<PlacedRow> rows,
        string[] channels,
        PlausibilityRules rules,
        CancellationToken ct
    )
    {
        var args = new
        {
            channels,
            First = rows.Min(p => p.Row.Date).AddDays(-rules.LookBackDays),
            Last = rows.Max(p => p.Row.Date).AddDays(rules.LookBackDays),
        };
        var stored = await work.QueryAsync<HistoryRow>(KinSql, args, ct);
        var few = channels.Where(c => stored.Count(s => s.Channel == c) < rules.Days).ToHashSet();
        return
        [
            .. stored,
            .. rows.Select(p => p.Row)
                .Where(r => few.Contains(r.Channel))
                .Select(r => new HistoryRow(r.Date, r.Channel, r.Campaign, r.Segment, r.Spend, r.Currency, r.Conversions, r.Value)),
        ];
    }

    private static KnownDay DayOf(DayRow row) => new(row.Date, row.Spend, row.Currency, row.Conversions, row.Value);

    /// <summary>A plausible row of the same cell and day answers the question that was open about it.</summary>
    public static Task ReplaceAsync(UnitOfWork work, IReadOnlyList<DayRow> stored, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            ReplaceSql,
            new
            {
                Dates = stored.Select(r => r.Date).ToArray(),
                Channels = stored.Select(r => r.Channel).ToArray(),
                Campaigns = stored.Select(r => r.Campaign).ToArray(),
                Segments = stored.Select(r => r.Segment).ToArray(),
                now,
            },
            ct
        );

    private static Task<Guid> HoldAsync(UnitOfWork work, DayRow row, string reason, DateTimeOffset now, CancellationToken ct) =>
        work.QuerySingleAsync<Guid>(
            HoldSql,
            new
            {
                Id = Guid.CreateVersion7(now),
                row.Date,
                row.Channel,
                row.Campaign,
                row.Segment,
                row.Spend,
                row.Currency,
                row.Impressions,
                row.Clicks,
                row.Conversions,
                row.Value,
                reason,
                now,
            },
            ct
        );

    private sealed record HistoryRow(
        DateOnly Date,
        string Channel,
        string Campaign,
        string Segment,
        decimal Spend,
        string Currency,
        long? Conversions,
        decimal? Value
    )
    {
        public KnownDay Day => new(Date, Spend, Currency, Conversions, Value);
    }

    private const string HistorySql = """
        select date, channel, campaign, segment, spend, currency, conversions, value
        from performance
        join unnest(@Channels::text[], @Campaigns::text[], @Segments::text[]) as c (channel, campaign, segment)
            using (channel, campaign, segment)
        where date between @First and @Last
        """;

    // The newest two thousand of a channel tell its level.
    private const string KinSql = """
        select k.*
        from unnest(@channels::text[]) as c (channel)
        cross join lateral (
            select date, p.channel, campaign, segment, spend, currency, conversions, value
            from performance p
            where p.channel = c.channel and date between @First and @Last
            order by date desc limit 2000
        ) k
        """;

    private const string WasRefusedSql = """
        select exists (
            select from held_performance
            where outcome = 'refused' and (date, channel, campaign, segment) = (@Date, @Channel, @Campaign, @Segment)
                and (spend, currency, conversions) = (@Spend, @Currency, @Conversions))
        """;

    private const string HoldSql = """
        insert into held_performance (id, date, channel, campaign, segment, spend, currency, impressions, clicks, conversions, value, reason,
            held_at)
        values (@Id, @Date, @Channel, @Campaign, @Segment, @Spend, @Currency, @Impressions, @Clicks, @Conversions, @Value, @reason, @now)
        on conflict (date, channel, campaign, segment) where outcome is null do update set
            spend = excluded.spend, currency = excluded.currency, impressions = excluded.impressions, clicks = excluded.clicks,
            conversions = excluded.conversions, value = excluded.value, reason = excluded.reason, held_at = excluded.held_at
        returning id
        """;

    private const string ReplaceSql = """
        update held_performance h set outcome = 'replaced', decided_at = @now
        from unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[]) as r (date, channel, campaign, segment)
        where h.outcome is null and (h.date, h.channel, h.campaign, h.segment) = (r.date, r.channel, r.campaign, r.segment)
        """;
}
