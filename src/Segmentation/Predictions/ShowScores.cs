using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Predictions;

/// <summary><c>GET /api/v1/predictions/scores?customer=</c>: all scores of one customer with their age.</summary>
internal static class ShowScores
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Predictions + "/scores", Handle)
            .RequireScope(Scope.Read)
            .WithName("showScores")
            .WithSummary("Scores of a customer, of predictions and of the RFM grid, each with its time.");

    internal static async Task<Results<Ok<CustomerScores>, ProblemHttpResult>> Handle(
        string? customer,
        SegmentationDatabase db,
        CancellationToken ct
    ) =>
        Guid.TryParse(customer, out var id)
            ? TypedResults.Ok(new CustomerScores(id, await db.QueryAsync<CustomerScore>(Sql, new { id }, ct)))
            : Problem.Invalid(new FieldError("customer", "Must be a customer's id, a UUID."));

    // A model may have spoken of any id that is this person; its latest word counts.
    private const string Sql = """
        with
        root as (select coalesce((select root_id from merges where from_id = @id), @id) as id),
        person as (select id from root union select m.from_id from merges m join root on m.root_id = root.id),
        latest as (
            select distinct on (s.name) s.name, s.value, p.model_version, s.at
            from scores s join person on person.id = s.customer_id left join predictions p on p.name = s.name
            order by s.name, s.at desc
        )
        select 'score.' || name as name, value, model_version, at from latest
        union all
        select grid.name, grid.value, null, coalesce((select max(computed_at) from evaluations), now())
        from root join rfm_scores r on r.customer_id = root.id
            cross join lateral (values ('rfm.r', r.r::numeric), ('rfm.f', r.f::numeric), ('rfm.m', r.m::numeric)) as grid (name, value)
        order by name
        """;
}
