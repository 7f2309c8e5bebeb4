using System.Text.Json;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Campaigns.Results;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary>What came of everybody who came to where the ways of an experiment part, once a person, in the arm that they met first.</summary>
internal static class ExperimentUnits
{
    /// <summary>More segments than these nobody reads.</summary>
    private const int MostSegments = 10;

    private static readonly TimeSpan Earlier = TimeSpan.FromDays(90);

    /// <param name="Segments">JSON: those that they were in when the ways parted.</param>
    internal sealed record Row(
        string Arm,
        string Segments,
        bool Clicked,
        bool Converted,
        double Revenue,
        double Earlier,
        bool Unsubscribed,
        bool Complained,
        long People
    );

    public static Task<IReadOnlyList<Row>> ReadAsync(
        EmailDatabase db,
        Plan plan,
        ExperimentStep step,
        IReadOnlyCollection<int> versions,
        DateTimeOffset since,
        DateTimeOffset to,
        string currency,
        CancellationToken ct
    ) =>
        db.QueryAsync<Row>(
            Sql,
            new
            {
                plan.Name,
                step.Experiment,
                Versions = versions.ToArray(),
                Since = since,
                To = to,
                Currency = currency,
                Earlier = Earlier.TotalSeconds,
            },
            ct
        );

    /// <summary>
    /// Each person in one segment at most, so that no two of them share anybody: the first of <paramref name="wanted"/> that they were in. Where
    /// nothing is wanted, of the largest ten the smallest: it says most about them.
    /// </summary>
    public static IReadOnlyList<UnitRow> Of(IReadOnlyList<Row> rows, IReadOnlyList<string> wanted)
    {
        var read = rows.Select(row => (Row: row, Segments: JsonSerializer.Deserialize<string[]>(row.Segments)!)).ToArray();
        var order =
            wanted.Count > 0
                ? wanted
                :
                [
                    .. read.SelectMany(one => one.Segments.Select(segment => (Segment: segment, one.Row.People)))
                        .GroupBy(one => one.Segment, one => one.People)
                        .Select(group => (Segment: group.Key, People: group.Sum()))
                        .OrderByDescending(one => one.People)
                        .ThenBy(one => one.Segment, StringComparer.Ordinal)
                        .Take(MostSegments)
                        .Reverse()
                        .Select(one => one.Segment),
                ];
        return
        [
            .. read.Select(one => new UnitRow(
                one.Row.Arm,
                order.FirstOrDefault(one.Segments.Contains) ?? "",
                "test",
                one.Row.Clicked,
                one.Row.Converted,
                one.Row.Revenue,
                one.Row.Earlier,
                one.Row.Unsubscribed,
                one.Row.Complained,
                one.Row.People
            )),
        ];
    }

    // When the ways parted stands in the story; where that is forgotten, the entry is as good: both arms alike. Earlier orders count whole:
    // whether they went back later may be the arm's doing. Segments are those of that moment, too; of journeys from before they were written
    // down, those that were not changed since.
    private const string Sql = """
        with exposed as (
            select j.id, coalesce(r.canonical_id, j.customer_id) as person, j.arms ->> @Experiment as arm,
                j.arm_segments -> @Experiment as segments, coalesce((
                    select min(s.at) from journey_steps s
                    where s.journey_id = j.id and s.kind = 'experiment' and s.detail = @Experiment), j.entered_at) as at
            from journeys j left join recipients r using (customer_id)
            where j.automation = @Name and j.version = any(@Versions) and j.arms ->> @Experiment is not null
        ), units as (
            select person, min(at) as at, (array_agg(arm order by at, id))[1] as arm, (array_agg(segments order by at, id))[1] as segments,
                array_agg(id) as ids
            from exposed where at >= @Since and at <= @To group by person
        ), people as (
            select u.*, u.person || array(select same.customer_id from recipients same where same.canonical_id = u.person) as customers
            from units u
        ), results as (
            select u.arm, coalesce(u.segments, (
                    select jsonb_agg(distinct s.segment order by s.segment) from segment_members s
                    where s.customer_id = any(u.customers) and s.is_member = (s.at <= u.at)), '[]')::text as segments,
                exists (
                    select from mails m join mail_events e on e.mail_id = m.id
                    where m.journey_id = any(u.ids) and e.kind = 'click' and e.label = 'human' and e.at >= u.at) as clicked,
                exists (select from journey_goals g where g.journey_id = any(u.ids) and g.at >= u.at) as converted,
                coalesce((
                    select sum(goal.value) from (
                        select distinct g.event_id, coalesce(o.total, g.value) as value
                        from journey_goals g left join order_revenue o on o.order_id = g.order_id and o.currency = g.currency
                        where g.journey_id = any(u.ids) and g.at >= u.at and g.currency = @Currency) goal), 0)::double precision as revenue,
                exists (select from mails m where m.journey_id = any(u.ids) and m.unsubscribed_at >= u.at) as unsubscribed,
                exists (select from mails m where m.journey_id = any(u.ids) and m.complained_at >= u.at) as complained,
                coalesce((
                    select sum(o.total) from order_totals o
                    where o.customer_id = any(u.customers)
                        and o.currency = @Currency and o.at < u.at and o.at >= u.at - make_interval(secs => @Earlier)), 0)::double precision as earlier
            from people u
        )
        select arm, segments, clicked, converted, revenue, earlier, unsubscribed, complained, count(*) as people
        from results group by arm, segments, clicked, converted, revenue, earlier, unsubscribed, complained
        """;
}
