using MarketingPlatform.Contracts;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>What one model did at one placement.</summary>
/// <param name="Answers">Lists that were asked for.</param>
/// <param name="Shown">Of them those that were said to be seen.</param>
/// <param name="Clicked">Of them those of which a product was clicked.</param>
/// <param name="ClickRate">Clicked by answers, with the 95 % interval (Wilson) in <paramref name="ClickRateLower"/> and <paramref name="ClickRateUpper"/>.</param>
/// <param name="Orders">Orders of a clicked product by the same person within <c>AttributionDays</c> of the click, each once.</param>
/// <param name="Items">Different products in them that were clicked before.</param>
internal sealed record PlacementReport(
    string Placement,
    string? ModelVersion,
    string? Experiment,
    string? Arm,
    long Answers,
    long Shown,
    long Clicked,
    double ClickRate,
    double ClickRateLower,
    double ClickRateUpper,
    long Orders,
    long Items
);

/// <summary>The report between two times.</summary>
internal sealed record RecommendationReport(
    DateTimeOffset From,
    DateTimeOffset To,
    int AttributionDays,
    IReadOnlyList<PlacementReport> Rows
);

/// <summary><c>GET /api/v1/recommendations/report?from=&amp;to=</c>: impressions, clicks and orders by placement, model and arm; 30 days unless asked.</summary>
internal static class ShowReport
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/report", Handle).RequireScope(Scope.Read).WithName("RecommendationReport");

    private static async Task<Results<Ok<RecommendationReport>, ProblemHttpResult>> Handle(
        DateTimeOffset? from,
        DateTimeOffset? to,
        RecommendationDatabase database,
        IOptions<RecommendationOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var end = to ?? clock.GetUtcNow();
        var start = from ?? end.AddDays(-30);
        if (start >= end)
        {
            return Problem.Invalid(new FieldError("from", "Must be before 'to'."));
        }
        var days = options.Value.AttributionDays;
        var rows = await database.QueryAsync<Row>(
            Sql,
            new
            {
                start = start.ToUniversalTime(),
                end = end.ToUniversalTime(),
                days,
            },
            ct
        );
        return TypedResults.Ok(new RecommendationReport(start, end, days, [.. rows.Select(View)]));
    }

    private static PlacementReport View(Row row)
    {
        var rate = WilsonInterval.Of(new Proportion(row.Clicked, row.Answers));
        return new PlacementReport(
            row.Placement,
            row.ModelVersion,
            row.Experiment,
            row.Arm,
            row.Answers,
            row.Shown,
            row.Clicked,
            rate.Estimate,
            rate.Lower,
            rate.Upper,
            row.Orders,
            row.Items
        );
    }

    private sealed record Row(
        string Placement,
        string? ModelVersion,
        string? Experiment,
        string? Arm,
        long Answers,
        long Shown,
        long Clicked,
        long Orders,
        long Items
    );

    /// <summary>
    /// Orders that follow clicks: decision, order, product. Parameters @start, @end, @days. A page may carry its recommendation_id on to
    /// products that were never recommended: those are no clicks of it.
    /// </summary>
    public const string BoughtAfterClickSql = """
        select distinct d.decision_id, o.order_id, i.product_id, o.total
        from decisions d
        join recommendation_events e on e.decision_id = d.decision_id and e.kind = 'clicked' and e.product_id = any(d.products)
        left join merged_customers em on em.customer_id = coalesce(e.customer_id, d.customer_id)
        join order_items i on i.product_id = e.product_id
        join orders o on o.order_id = i.order_id and o.at >= e.at and o.at < e.at + make_interval(days => @days)
        left join merged_customers om on om.customer_id = o.customer_id
        where d.at >= @start and d.at < @end
            and coalesce(om.owner_id, o.customer_id) = coalesce(em.owner_id, e.customer_id, d.customer_id)
        """;

    private const string Sql = $"""
        with asked as materialized (
            select decision_id, placement, model_version, experiment, arm, products from decisions where at >= @start and at < @end
        ), happened as (
            select a.decision_id, bool_or(e.kind = 'shown') as shown, bool_or(e.kind = 'clicked' and e.product_id = any(a.products)) as clicked
            from asked a join recommendation_events e using (decision_id)
            group by a.decision_id
        ), ordered as (
            select distinct on (order_id, product_id) decision_id, order_id, product_id from ({BoughtAfterClickSql}) after_click
            order by order_id, product_id, decision_id desc
        ), by_decision as (
            select decision_id, count(distinct order_id) as orders, count(*) as items from ordered group by decision_id
        )
        select a.placement, a.model_version, a.experiment, a.arm, count(*) as answers,
            count(*) filter (where h.shown) as shown, count(*) filter (where h.clicked) as clicked,
            coalesce(sum(b.orders), 0)::bigint as orders, coalesce(sum(b.items), 0)::bigint as items
        from asked a left join happened h using (decision_id) left join by_decision b using (decision_id)
        group by a.placement, a.model_version, a.experiment, a.arm
        order by a.placement, count(*) desc, a.model_version, a.arm
        """;
}
