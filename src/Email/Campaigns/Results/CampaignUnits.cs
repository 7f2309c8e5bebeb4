using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>People of one arm and segment with whom the very same happened.</summary>
/// <param name="Arm">Null: held out.</param>
/// <param name="Revenue">Of one person, in the shop's currency, within the campaign's days after their mail.</param>
/// <param name="Earlier">Of one person, in the time before.</param>
/// <param name="People">How many.</param>
/// <param name="Batch">In which they were dealt out; 0 where all were at once.</param>
/// <param name="Propensity">The chance with which they got their arm.</param>
internal sealed record UnitRow(
    string? Arm,
    string Segment,
    string Stage,
    bool Clicked,
    bool Converted,
    double Revenue,
    double Earlier,
    bool Unsubscribed,
    bool Complained,
    long People,
    int Batch = 0,
    double? Propensity = null
);

/// <summary>
/// What came of everybody a campaign was meant for, once a person, whether or not the mail reached them: who was put into an arm stays in it
/// (intention to treat), so what keeps mails from arriving cannot make an arm look better.
/// </summary>
internal static class CampaignUnits
{
    /// <param name="startedBefore">Only those whose mail was due before.</param>
    public static async Task<IReadOnlyList<UnitRow>> ReadAsync(
        EmailDatabase db,
        Guid campaign,
        TimeSpan within,
        string currency,
        DateTimeOffset startedBefore,
        CancellationToken ct
    ) =>
        await db.QueryAsync<UnitRow>(
            Sql,
            new
            {
                Id = campaign,
                Within = within.TotalSeconds,
                Currency = currency,
                Before = startedBefore,
                HeldOut = CampaignReasons.HeldOut,
            },
            ct
        );

    // Grouped: most people did nothing, and all of those are one row.
    private const string Sql = """
        with units as (
            select m.customer_id, coalesce(r.canonical_id, m.customer_id) as person, m.arm, m.segment, m.stage, m.earlier, m.batch, m.propensity, m.starts_at
            from campaign_members m left join recipients r using (customer_id)
            where m.campaign_id = @Id and m.starts_at <= @Before
                and ((m.reason is null and m.arm is not null) or m.reason = @HeldOut)
        ), sent as (
            select m.id, m.customer_id, m.unsubscribed_at, m.complained_at
            from campaign_sends s join mails m on m.send_id = s.send_id
            where s.campaign_id = @Id
        ), clicked as (
            select distinct s.customer_id from sent s join mail_events e on e.mail_id = s.id where e.kind = 'click' and e.label = 'human'
        ), bought as (
            select u.customer_id, sum(o.total) as revenue
            from units u
            join recipients same on same.canonical_id = u.person
            join order_revenue o on o.customer_id = same.customer_id
            where o.at > u.starts_at and o.at <= u.starts_at + make_interval(secs => @Within) and o.currency = @Currency
            group by 1
        )
        select u.arm, u.segment, u.stage, c.customer_id is not null as clicked, b.customer_id is not null as converted,
            coalesce(b.revenue, 0)::double precision as revenue, u.earlier, s.unsubscribed_at is not null as unsubscribed,
            s.complained_at is not null as complained, count(*) as people, u.batch, u.propensity
        from units u
        left join sent s using (customer_id)
        left join clicked c using (customer_id)
        left join bought b using (customer_id)
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12
        """;

    /// <summary>Orders whose last click by a person, within the campaign's days before, was on one of its mails.</summary>
    public static Task<Attributed> AttributedAsync(
        EmailDatabase db,
        Guid campaign,
        TimeSpan within,
        string currency,
        CancellationToken ct
    ) =>
        db.QuerySingleAsync<Attributed>(
            """
            with clickers as (
                select distinct coalesce(r.canonical_id, m.customer_id) as person
                from campaign_sends s join mails m on m.send_id = s.send_id
                join mail_events e on e.mail_id = m.id and e.kind = 'click' and e.label = 'human'
                left join recipients r on r.customer_id = m.customer_id
                where s.campaign_id = @Id
            )
            select count(*) as orders, coalesce(sum(o.total), 0) as revenue
            from clickers c
            join recipients same on same.canonical_id = c.person
            join order_revenue o on o.customer_id = same.customer_id and o.currency = @Currency
            cross join lateral (
                select m.send_id
                from recipients own join mail_events e on e.customer_id = own.customer_id join mails m on m.id = e.mail_id
                where own.canonical_id = c.person and e.kind = 'click' and e.label = 'human' and e.at <= o.at and e.at > o.at - make_interval(secs => @Within)
                order by e.at desc limit 1
            ) as last
            where exists (select from campaign_sends s where s.campaign_id = @Id and s.send_id = last.send_id)
            """,
            new
            {
                Id = campaign,
                Within = within.TotalSeconds,
                Currency = currency,
            },
            ct
        );
}

/// <param name="Revenue">In the shop's currency.</param>
internal sealed record Attributed(long Orders, decimal Revenue);
