using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Fairness;

/// <param name="Attribute">age_band, gender or region.</param>
/// <param name="Unknown">Customers of whom the attribute is not known; left out.</param>
internal sealed record AttributeFairness(string Attribute, long Unknown, IReadOnlyList<GroupFairness> Groups);

/// <param name="Of">membership, or order: bought within 30 days after entering.</param>
internal sealed record FairnessView(string Segment, string Of, IReadOnlyList<AttributeFairness> Attributes);

/// <summary>
/// Representation and outcome of a segment by age band, gender and region: who is in it of all customers (<c>of=membership</c>), or who of its
/// members ordered after they entered (<c>of=order</c>); or who of all that have a prediction has one of at least a threshold (<c>of=score&amp;score=churn&amp;least=0.5</c>).
/// </summary>
internal static class ShowFairness
{
    private static readonly string[] Kinds = ["membership", "order", "score"];

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}/fairness", Handle)
            .RequireScope(Scope.Read)
            .WithName("showSegmentFairness")
            .WithSummary("Representation and outcome by age band, gender and region, with disparate-impact ratios.");

    internal static async Task<Results<Ok<FairnessView>, ProblemHttpResult>> Handle(
        string segment,
        string? of,
        string? score,
        decimal? least,
        SegmentationDatabase db,
        CancellationToken ct
    )
    {
        of ??= "membership";
        if (!Kinds.Contains(of))
            return Problem.Invalid(new FieldError("of", $"Must be one of {string.Join(", ", Kinds)}."));
        if (of == "score" && (string.IsNullOrEmpty(score) || least is null))
            return Problem.Invalid(
                new FieldError("score", "Name the prediction (score=churn) and the least value that counts (least=0.5).")
            );
        await using var work = await db.BeginAsync(ct);
        if (await ShowSegment.FindAsync(work, segment, ct) is not { } found)
            return ShowSegment.NotFound(segment);
        var rows = await work.QueryAsync<Row>(
            CountSql,
            new
            {
                found.Id,
                of,
                score,
                least,
            },
            ct
        );
        return TypedResults.Ok(
            new FairnessView(
                found.Key,
                of,
                [
                    .. rows.GroupBy(r => r.Attribute)
                        .OrderBy(g => g.Key, StringComparer.Ordinal)
                        .Select(attribute => new AttributeFairness(
                            attribute.Key,
                            attribute.Where(r => r.Value is null).Sum(r => r.Customers),
                            FairnessCheck.Of([
                                .. attribute
                                    .Where(r => r.Value is not null)
                                    .OrderBy(r => r.Value, StringComparer.Ordinal)
                                    .Select(r => new GroupCount(r.Value!, r.Customers, r.Selected)),
                            ])
                        )),
                ]
            )
        );
    }

    private sealed record Row(string Attribute, string? Value, long Customers, long Selected);

    // Bands as market research has them. A region is the country: nothing finer is known of everybody.
    private const string CountSql = """
        with
        people as (
            select c.origin_id as customer_id, (c.traits ->> 'age')::numeric as age, c.traits ->> 'gender' as gender,
                   c.traits ->> 'country' as country
            from customers c
            where not exists (select from merges g where g.from_id = c.origin_id and g.root_id <> c.origin_id)
        ),
        bought as (
            select distinct m.customer_id
            from memberships m
            join (select coalesce(g.root_id, o.origin_id) as customer_id, o.at from orders o left join merges g on g.from_id = o.origin_id) o
                using (customer_id)
            where @of = 'order' and m.segment_id = @Id and o.at >= m.entered_at and o.at < m.entered_at + interval '720 hours'
        ),
        outcomes as (
            select p.*,
                   case @of
                       when 'membership' then m.customer_id is not null
                       when 'score' then s.value >= @least::numeric
                       else b.customer_id is not null
                   end as selected
            from people p
            left join memberships m on m.segment_id = @Id and m.customer_id = p.customer_id
            left join scores s on s.customer_id = p.customer_id and s.name = @score::text
            left join bought b on b.customer_id = p.customer_id
            where @of = 'membership' or @of = 'order' and m.customer_id is not null or @of = 'score' and s.value is not null
        )
        select attribute, value, count(*) as customers, count(*) filter (where selected) as selected
        from outcomes
        cross join lateral (values
            ('age_band', case when age < 18 then '0-17' when age < 25 then '18-24' when age < 35 then '25-34' when age < 45 then '35-44'
                              when age < 55 then '45-54' when age < 65 then '55-64' when age is not null then '65+' end),
            ('gender', gender),
            ('region', country)
        ) as by_attribute (attribute, value)
        group by attribute, value
        """;
}
