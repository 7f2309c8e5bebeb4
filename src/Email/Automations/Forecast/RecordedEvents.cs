using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Sending.Timing;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Events of the last days that would have been asked whether they begin an automation.</summary>
/// <param name="Events">Newest first, at most <see cref="RecordedEvents.Most"/>.</param>
/// <param name="Since">From when on all of them are known.</param>
/// <param name="From">Where they are from, to be read after "by".</param>
/// <param name="WhyUnknown">Why nothing can be said; null where it can.</param>
internal sealed record Recorded(IReadOnlyList<AutomationEvent> Events, DateTimeOffset Since, string From, string? WhyUnknown = null);

/// <summary>Finds real events of a trigger: in what this service keeps, else at Customers, which has recorded what the shop sent.</summary>
internal sealed class RecordedEvents(EmailDatabase db, AutomationStore store, ShopEvents shopEvents, IOptions<Shop> shop)
{
    public const int Most = 5_000;

    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    public async Task<Recorded> ReadAsync(Plan plan, DateTimeOffset now, CancellationToken ct) =>
        plan.Automation.Trigger switch
        {
            Trigger.OnEvent on => await OfEventAsync(on.Matches.Event, now, ct),
            Trigger.SegmentEntered entered => await OfSegmentAsync(plan, entered.Segment, true, now, ct),
            Trigger.SegmentLeft left => await OfSegmentAsync(plan, left.Segment, false, now, ct),
            Trigger.OnDate date => await OfDateAsync(plan, date, now, ct),
            Trigger.Api => await OfJourneysAsync(
                [plan.Name],
                plan.TriggerEvent,
                "who calls the API is not known before it is called",
                now,
                ct
            ),
            _ => await OfJourneysAsync([plan.Name], plan.TriggerEvent, "who calls its web hook is not known before it is called", now, ct),
        };

    private async Task<Recorded> OfEventAsync(string name, DateTimeOffset now, CancellationToken ct)
    {
        var (sql, from) = name switch
        {
            EventNames.Order => (OrdersSql, "the orders"),
            EventNames.Subscribed => (SubscribedSql, "those who allowed marketing mail and have an address"),
            EventNames.Unsubscribed => (UnsubscribedSql, "those who took the permission for marketing mail back"),
            EventNames.ConsentChanged => (ConsentsSql, "the last word of each customer on what is allowed"),
            EventNames.ProfileChanged => (ProfilesSql, "the last change of each profile"),
            EventNames.MailOpened => (OpensSql, "the mails that people opened"),
            EventNames.MailClicked => (ClicksSql, "the clicks of people"),
            _ => (null, ""),
        };
        if (sql is not null)
            return await QueryAsync(sql, name, null, from, now, ct);
        var plans = await store.ReadyAsync(ct);
        if (name is not (EventNames.CartAbandoned or EventNames.PriceDropped or EventNames.BackInStock))
        {
            if (await shopEvents.ReadAsync(name, ct) is { } report)
                return Cut(
                    [
                        .. report.Latest.Select(one => new AutomationEvent(
                            one.Id,
                            one.CustomerId,
                            name,
                            one.At,
                            one.Properties is { ValueKind: JsonValueKind.Object } given ? given : EventData.Empty
                        )),
                    ],
                    now.AddDays(-report.Days),
                    $"the events “{name}” that the shop has sent"
                );
            if (plans.Remembers.Contains(name))
                return await QueryAsync(RememberedSql, name, null, $"the events “{name}” that automations count", now, ct);
        }
        string[] others =
        [
            .. plans.All.Concat(plans.Open).Where(other => other.TriggerEvent == name).Select(other => other.Name).Distinct(),
        ];
        return await OfJourneysAsync(
            others,
            name,
            name is EventNames.CartAbandoned or EventNames.PriceDropped or EventNames.BackInStock
                ? "it is noticed only while an automation that begins with it is on, and none was"
                : "Customers, which records what the shop sends, does not answer now",
            now,
            ct
        );
    }

    private async Task<Recorded> OfJourneysAsync(string[] automations, string name, string why, DateTimeOffset now, CancellationToken ct)
    {
        var recorded = await QueryAsync(
            JourneysSql,
            name,
            automations,
            $"the journeys of {string.Join(", ", automations)}, which begins so",
            now,
            ct
        );
        return recorded.Events.Count > 0 ? recorded : recorded with { WhyUnknown = why };
    }

    private async Task<Recorded> OfSegmentAsync(Plan plan, string segment, bool entered, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await db.QueryAsync<(Guid Customer, DateTimeOffset At)>(
            """
            select customer_id as customer, at from segment_members
            where segment = @Segment and is_member = @Entered and at > @Since and at <= @Now order by at desc limit @Most
            """,
            new
            {
                Segment = segment,
                Entered = entered,
                Since = now - Window,
                Now = now,
                Most,
            },
            ct
        );
        var data = JsonSerializer.SerializeToElement(new { segment });
        return Cut(
            [.. rows.Select(row => new AutomationEvent(Guid.CreateVersion7(row.At), row.Customer, plan.TriggerEvent, row.At, data))],
            now - Window,
            entered ? $"those who came into “{segment}” and are in it still" : $"those who left “{segment}” and are out of it still"
        );
    }

    private async Task<Recorded> OfDateAsync(Plan plan, Trigger.OnDate trigger, DateTimeOffset now, CancellationToken ct)
    {
        LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var shopZone);
        var days = Enumerable
            .Range(0, (int)Window.TotalDays + 1)
            .SelectMany(ago => Anniversary.Candidates(trigger, now.AddDays(-ago)))
            .Distinct()
            .ToArray();
        var people = await db.QueryAsync<(Guid Person, string Date, string? TimeZone)>(DatesSql, new { trigger.Trait, Days = days }, ct);
        List<AutomationEvent> events = [];
        foreach (var (person, date, timeZone) in people)
        {
            LocalTimes.IsUnknown(timeZone, shopZone, out var zone);
            if (Anniversary.Last(trigger, date, zone, now - Window, now) is { } come)
                events.Add(
                    new(
                        Guid.CreateVersion7(come.At),
                        person,
                        plan.TriggerEvent,
                        come.At,
                        JsonSerializer.SerializeToElement(new Dictionary<string, string> { [EventData.Occasion] = come.Occasion })
                    )
                );
        }
        return Cut(
            [.. events.OrderByDescending(e => e.At).ThenBy(e => e.CustomerId).Take(Most)],
            now - Window,
            $"the dates in “{trigger.Trait}” of the profiles"
        );
    }

    private async Task<Recorded> QueryAsync(
        string sql,
        string name,
        string[]? automations,
        string from,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<(Guid Customer, DateTimeOffset At, string Data)>(
            sql,
            new
            {
                Name = name,
                Automations = automations,
                Purpose = ConsentPurposes.EmailMarketing,
                Since = now - Window,
                Now = now,
                Most,
            },
            ct
        );
        return Cut(
            [
                .. rows.Select(row => new AutomationEvent(
                    Guid.CreateVersion7(row.At),
                    row.Customer,
                    name,
                    row.At,
                    JsonSerializer.Deserialize<JsonElement>(row.Data)
                )),
            ],
            now - Window,
            from
        );
    }

    /// <summary>Where there are more than can be looked at, what is known begins with the oldest of the newest.</summary>
    private static Recorded Cut(IReadOnlyList<AutomationEvent> events, DateTimeOffset since, string from) =>
        events.Count < Most
            ? new(events, since, from)
            : new(events, events[^1].At, string.Create(CultureInfo.InvariantCulture, $"the latest {events.Count:N0} of {from}"));

    private const string OrdersSql = """
        select o.customer_id as customer, o.at, jsonb_build_object('order_id', o.order_id, 'total', o.total, 'currency', o.currency, 'lines', (
            select coalesce(jsonb_agg(jsonb_build_object('productId', p.product_id)), '[]') from purchases p
            where p.order_id = o.order_id and p.product_id <> ''))::text as data
        from order_totals o where o.at > @Since and o.at <= @Now order by o.at desc limit @Most
        """;

    private const string SubscribedSql = """
        select c.customer_id as customer, c.at, '{}' as data
        from consents c join recipients r using (customer_id)
        where c.purpose = @Purpose and c.granted and c.at > @Since and c.at <= @Now
            and exists (select from recipients same where same.canonical_id = r.canonical_id and same.email is not null)
        order by c.at desc limit @Most
        """;

    private const string ConsentsSql = """
        select customer_id as customer, at, jsonb_build_object('purpose', purpose, 'granted', granted, 'source', source)::text as data
        from consents where at > @Since and at <= @Now order by at desc limit @Most
        """;

    private const string UnsubscribedSql = """
        select customer_id as customer, at, jsonb_build_object('purpose', purpose, 'granted', granted, 'source', source)::text as data
        from consents where purpose = @Purpose and not granted and at > @Since and at <= @Now order by at desc limit @Most
        """;

    private const string ProfilesSql = """
        select customer_id as customer, profile_at as at, '{}' as data
        from recipients where profile_at > @Since and profile_at <= @Now order by profile_at desc limit @Most
        """;

    private const string OpensSql = """
        select customer_id as customer, at, jsonb_build_object('mail_id', mail_id, 'template', template)::text as data
        from mail_events where kind = 'open' and label = 'human' and at > @Since and at <= @Now order by at desc limit @Most
        """;

    private const string ClicksSql = """
        select customer_id as customer, at, jsonb_build_object('mail_id', mail_id, 'template', template, 'url', url)::text as data
        from mail_events where kind = 'click' and label = 'human' and at > @Since and at <= @Now order by at desc limit @Most
        """;

    private const string RememberedSql = """
        select customer_id as customer, at, '{}' as data
        from person_events where name = @Name and at > @Since and at <= @Now order by at desc limit @Most
        """;

    // Two automations that begin with the same event have it twice.
    private const string JourneysSql = """
        select customer_id as customer, triggered_at as at, (array_agg(data order by id))[1]::text as data
        from journeys where automation = any(@Automations) and entered_at > @Since and entered_at <= @Now
        group by customer_id, triggered_at order by triggered_at desc limit @Most
        """;

    private const string DatesSql = """
        select distinct on (canonical_id) canonical_id as person, coalesce(given_traits ->> @Trait, traits ->> @Trait) as date, time_zone
        from recipients
        where substr(coalesce(given_traits ->> @Trait, traits ->> @Trait), 5, 6) = any(@Days)
        order by canonical_id, profile_at desc nulls last
        """;
}
