namespace MarketingPlatform.AdOptimization.Audiences;

/// <param name="Automations">Which ones speak about it.</param>
internal sealed record NamedAudience(string Audience, string Automations, long Size);

/// <summary>
/// Audiences that automations fill: over all ids that are this person, the newest word of an automation says in, and the newest word of the
/// person on <c>ads_audience</c> is a yes.
/// </summary>
internal sealed class NamedAudiences(AdsDatabase db)
{
    public Task<IReadOnlyList<NamedAudience>> ListAsync(CancellationToken ct) =>
        db.QueryAsync<NamedAudience>(
            $"""
            {MembersSql}
            select w.audience, string_agg(distinct w.automation, ', ') as automations,
                (select count(*) from members m where m.audience = w.audience) as size
            from audience_words w where w.audience <> @Own group by w.audience order by w.audience
            """,
            new { Key = (string?)null, Own = AbandonedCartAudience.Key },
            ct
        );

    public Task<bool> ExistsAsync(string key, CancellationToken ct) =>
        db.QuerySingleAsync<bool>("select exists (select from audience_words where audience = @key)", new { key }, ct);

    public Task<IReadOnlyList<AudienceMember>> ReadAsync(string key, Guid? after, int take, CancellationToken ct) =>
        db.QueryAsync<AudienceMember>(
            $"""
            {MembersSql}
            select person as customer_id, at as joined_at from members where @after::uuid is null or person > @after order by person limit @take
            """,
            new
            {
                Key = key,
                after,
                take,
            },
            ct
        );

    private const string MembersSql = """
        with said as (
            select distinct on (w.audience, person) w.audience, person, w.adds, w.at
            from (
                select w.audience, coalesce(m.root_id, w.customer_id) as person, w.adds, w.at
                from audience_words w left join merges m on m.from_id = w.customer_id
                where @Key::text is null or w.audience = @Key
            ) w
            order by w.audience, person, w.at desc, w.adds
        ), ids as (
            select person, person as id from said
            union
            select s.person, m.from_id from said s join merges m on m.root_id = s.person
        ), consented as (
            select distinct on (person) person, granted
            from ids join consents c on c.customer_id = ids.id
            order by person, c.at desc, c.granted
        ), members as (
            select s.audience, s.person, s.at from said s join consented c using (person) where s.adds and c.granted
        )
        """;
}
