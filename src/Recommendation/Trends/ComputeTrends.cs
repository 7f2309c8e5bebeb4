using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Trends;

/// <summary>
/// What rises: for each product the visitors of late, beyond what its share of everybody's last week would let one expect, in standard
/// deviations of that number (Poisson): <c>(short − expected) / √(expected + 1)</c>, where a visitor counts short with 0.5^(age / half a
/// day) and long with 0.5^(age / a week).
/// <para>
/// A visitor counts once a product, however often it was looked at: one visitor with 10,000 views weighs what one with a single view
/// does. One who looks at more than <see cref="FullProducts"/> products divides that weight among them, and what fewer than <see
/// cref="LeastVisitors"/> looked at trends for nobody: neither a script that reloads a page nor one that walks the shop moves the list.
/// </para>
/// </summary>
internal sealed class ComputeTrends(RecommendationDatabase database, TimeProvider clock)
{
    public const int FullProducts = 30;
    public const int LeastVisitors = 3;
    private const int Days = 21;
    private const int Kept = 200;

    /// <returns>False where another instance did it just now, or is at it.</returns>
    public async Task<bool> RunAsync(TimeSpan notWithin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(ct);
        if (
            !await work.QuerySingleAsync<bool>("select pg_try_advisory_xact_lock(hashtext('recommendation.compute_trends'))", null, ct)
            || await work.QuerySingleAsync<bool>(
                "select exists (select from trends_computed where at > @since)",
                new { since = now - notWithin },
                ct
            )
        )
        {
            return false;
        }
        await work.ExecuteAsync(
            Sql,
            new
            {
                now,
                since = now.AddDays(-Days),
                FullProducts,
                LeastVisitors,
                Kept,
                Refused = (await TrainingSet.RefusedAsync(work, ct)).ToArray(),
            },
            ct
        );
        await work.CommitAsync(ct);
        return true;
    }

    private const string Sql = """
        delete from trends;
        with touches as (
            select customer_id, product_id, last_at as at from product_interest where last_at between @since and @now
            union all
            select customer_id, product_id, at from bought where at between @since and @now
        ), latest as (
            select coalesce(m.owner_id, t.customer_id) as person, t.product_id, extract(epoch from @now - max(t.at)) / 86400.0 as days
            from touches t left join merged_customers m on m.customer_id = t.customer_id
            where not (coalesce(m.owner_id, t.customer_id) = any(@Refused))
            group by 1, 2
        ), weighed as (
            select person, product_id, days, least(1.0, @FullProducts::float8 / count(*) over (partition by person)) as weight from latest
        ), heard as (
            select '' as segment, product_id, days, weight from weighed
            union all
            select s.segment, w.product_id, w.days, w.weight
            from weighed w join segment_members s on s.customer_id = w.person and s.is_member
        ), counted as (
            select segment, product_id, count(*)::int as visitors,
                sum(weight * power(0.5, days / 0.5)) as short, sum(weight * power(0.5, days / 7.0)) as long
            from heard group by segment, product_id
        ), everybody as (
            select product_id, long / nullif(sum(long) over (), 0) as share from counted where segment = ''
        ), expected as (
            select c.*, e.share * sum(c.short) over (partition by c.segment) as expects from counted c join everybody e using (product_id)
        ), scored as (
            select segment, product_id, visitors, (short - expects) / sqrt(expects + 1) as score,
                row_number() over (partition by segment order by (short - expects) / sqrt(expects + 1) desc, product_id) as place
            from expected
            where visitors >= @LeastVisitors and short > expects
        )
        insert into trends (segment, product_id, score, visitors)
        select segment, product_id, score, visitors from scored where place <= @Kept and score > 0;
        insert into trends_computed as known (single, at, version) values (true, @now, 1)
        on conflict (single) do update set at = excluded.at, version = known.version + 1;
        """;
}
