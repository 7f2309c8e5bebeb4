using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <param name="JoinedAt">When the cart was found abandoned.</param>
internal sealed record AudienceMember(Guid CustomerId, DateTimeOffset JoinedAt);

/// <summary>
/// Who left a cart behind and may be shown ads about it: over all ids that are this person, the newest word on <c>ads_audience</c> is a
/// yes (who never said anything is not in it), no order came at or after the newest abandoned cart's last touch, and that touch is not
/// older than <see cref="AdsOptions.CartAudienceFor"/>.
/// </summary>
/// <remarks>Decided when read, from facts that merge by event time: so the order in which events come does not matter.</remarks>
internal sealed class AbandonedCartAudience(AdsDatabase db, IOptions<AdsOptions> options, TimeProvider clock)
{
    public const string Key = "abandoned-cart";

    public Task<long> CountAsync(CancellationToken ct) =>
        db.QuerySingleAsync<long>($"{MembersSql} select count(*) from members", new { Since = Since() }, ct);

    public Task<IReadOnlyList<AudienceMember>> ReadAsync(Guid? after, int take, CancellationToken ct) =>
        db.QueryAsync<AudienceMember>(
            $"""
            {MembersSql}
            select person as customer_id, joined_at from members where @after::uuid is null or person > @after order by person limit @take
            """,
            new
            {
                Since = Since(),
                after,
                take,
            },
            ct
        );

    private DateTimeOffset Since() => clock.GetUtcNow() - options.Value.CartAudienceFor;

    private const string MembersSql = """
        with carts as (
            select distinct on (person) person, touched_at, joined_at
            from (
                select coalesce(m.root_id, c.customer_id) as person, c.touched_at, c.joined_at
                from abandoned_carts c left join merges m on m.from_id = c.customer_id
                where c.touched_at > @Since
            ) c
            order by person, touched_at desc, joined_at desc
        ), ids as (
            select person, person as id from carts
            union
            select c.person, m.from_id from carts c join merges m on m.root_id = c.person
        ), words as (
            select distinct on (person) person, granted
            from ids join consents c on c.customer_id = ids.id
            order by person, c.at desc, c.granted
        ), orders as (
            select person, max(o.at) as at from ids join last_orders o on o.customer_id = ids.id group by person
        ), members as (
            select c.person, c.joined_at
            from carts c join words w using (person) left join orders o using (person)
            where w.granted and (o.at is null or o.at < c.touched_at)
        )
        """;
}
