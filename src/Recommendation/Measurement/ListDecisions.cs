using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>An answer that was given, as it was decided.</summary>
internal sealed class DecisionView
{
    public string DecisionId { get; init; } = "";
    public DateTimeOffset At { get; init; }
    public string Placement { get; init; } = "";
    public string? ModelVersion { get; init; }
    public string? Experiment { get; init; }
    public string? Arm { get; init; }
    public string[] Products { get; init; } = [];
    public string[] Shortlist { get; init; } = [];
    public int Chosen { get; init; }
    public double Propensity { get; init; }
    public string[] Clicked { get; init; } = [];
}

/// <summary><c>GET /api/v1/recommendations/decisions?customer=</c>: what was recommended to somebody, newest first, and what was clicked.</summary>
internal static class ListDecisions
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/decisions", Handle).RequireScope(Scope.Read).WithName("ListRecommendationDecisions");

    private static async Task<Results<Ok<Page<DecisionView>>, ProblemHttpResult>> Handle(
        string? customer,
        int? limit,
        RecommendationDatabase database,
        CancellationToken ct
    )
    {
        if (!Guid.TryParse(customer, out var id))
        {
            return Problem.Invalid(new FieldError("customer", "Say whose decisions: the customer's UUID."));
        }
        if (!Limit.TryRead(limit, out var size, out var error))
        {
            return Problem.Invalid(error);
        }
        return TypedResults.Ok(new Page<DecisionView>(await database.QueryAsync<DecisionView>(Sql, new { id, size }, ct), null));
    }

    private const string Sql = """
        select d.decision_id, d.at, d.placement, d.model_version, d.experiment, d.arm, d.products, d.shortlist, d.chosen, d.propensity,
            array(select e.product_id from recommendation_events e
                where e.decision_id = d.decision_id and e.kind = 'clicked' and e.product_id = any(d.products)
                order by e.at) as clicked
        from decisions d
        where d.customer_id in (select same_person(@id))
        order by d.at desc, d.decision_id desc
        limit @size
        """;
}
