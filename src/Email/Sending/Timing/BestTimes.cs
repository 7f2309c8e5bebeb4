using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending.Timing;

/// <summary>
/// When each person of an audience is mailed: at the hour of the coming day at which they most likely open, never a quiet one. Learnt from
/// the first human open or click of each mail of the last half year, in the reader's own time; see <see cref="SendTime"/>.
/// </summary>
internal sealed class BestTimes(EmailDatabase db, EmailTelemetry telemetry, IOptions<EmailOptions> options, IOptions<Shop> shop)
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(180);

    private readonly TimeZoneInfo shopZone = LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var zone)
        ? TimeZoneInfo.Utc
        : zone;

    /// <param name="audience">The people of one send: together they are the group to which each one's own habit shrinks.</param>
    /// <returns>A time for each, within a day from <paramref name="from"/> on; strangers get the time of all.</returns>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> OfAsync(
        IReadOnlyCollection<Guid> audience,
        DateTimeOffset from,
        CancellationToken ct
    )
    {
        var ids = audience.Distinct().ToArray();
        var zones = (await db.QueryAsync<Zone>(ZonesSql, new { Ids = ids }, ct)).ToDictionary(
            row => row.CustomerId,
            row => ZoneOf(row.Name)
        );
        TimeZoneInfo ZoneOfPerson(Guid id) => zones.GetValueOrDefault(id, shopZone);
        var since = from - Memory;
        var own = (await db.QueryAsync<OwnOpens>(OwnSql, new { Ids = ids, Since = since }, ct)).ToLookup(row => row.CustomerId);
        var group = Sum(own.SelectMany(person => person.Select(row => (ZoneOfPerson(person.Key), row.Hour, row.Opens))));
        var everybody = Sum(
            (await db.QueryAsync<OpensInZone>(EverybodySql, new { Since = since }, ct)).Select(row =>
                (LocalTimes.IsUnknown(row.TimeZone, shopZone, out var known) ? shopZone : known, row.Hour, row.Opens)
            )
        );
        return ids.ToDictionary(
            id => id,
            id =>
            {
                var habit = Sum(own[id].Select(row => (ZoneOfPerson(id), row.Hour, row.Opens)));
                return SendTime.Best(SendTime.Curve(habit, group, everybody), ZoneOfPerson(id), options.Value.QuietHours, from);
            }
        );
    }

    private TimeZoneInfo ZoneOf(string? name)
    {
        if (LocalTimes.IsUnknown(name, shopZone, out var known))
            telemetry.UnknownTimeZone();
        return known;
    }

    private static OpensByHour Sum(IEnumerable<(TimeZoneInfo Zone, DateTimeOffset Hour, int Opens)> rows)
    {
        var counts = new double[OpensByHour.Hours];
        foreach (var (zone, hour, opens) in rows)
            counts[TimeZoneInfo.ConvertTime(hour, zone).Hour] += opens;
        return new(counts);
    }

    private const string ZonesSql = """
        select distinct on (asked.id) asked.id as customer_id, r.time_zone as name
        from unnest(@Ids::uuid[]) as asked (id)
        join recipients me on me.customer_id = asked.id
        join recipients r on r.canonical_id = me.canonical_id
        order by asked.id, r.time_zone is null, r.customer_id <> r.canonical_id
        """;

    private const string OwnSql = """
        with opened as (
            select distinct on (asked.id, e.mail_id) asked.id as customer_id, e.at
            from unnest(@Ids::uuid[]) as asked (id)
            join recipients me on me.customer_id = asked.id
            join recipients same on same.canonical_id = me.canonical_id
            join mail_events e on e.customer_id = same.customer_id
            where e.label = 'human' and e.kind <> 'trap' and e.at >= @Since
            order by asked.id, e.mail_id, e.at
        )
        select customer_id, date_trunc('hour', at, 'UTC') as hour, count(*)::int as opens from opened group by 1, 2
        """;

    private const string EverybodySql = """
        with opened as (
            select distinct on (mail_id) customer_id, at from mail_events
            where label = 'human' and kind <> 'trap' and at >= @Since
            order by mail_id, at
        )
        select r.time_zone, date_trunc('hour', o.at, 'UTC') as hour, count(*)::int as opens
        from opened o left join recipients r on r.customer_id = o.customer_id
        group by 1, 2
        """;

    private sealed record Zone(Guid CustomerId, string? Name);

    private sealed record OwnOpens(Guid CustomerId, DateTimeOffset Hour, int Opens);

    private sealed record OpensInZone(string? TimeZone, DateTimeOffset Hour, int Opens);
}
