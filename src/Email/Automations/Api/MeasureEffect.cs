using MarketingPlatform.Contracts;
using MarketingPlatform.Email.HoldOuts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary><c>GET /api/v1/automations/{name}/effect</c>: what an automation earned that would not have come without it.</summary>
internal static class MeasureEffect
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Automations + "/{name}/effect", HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(
        string name,
        DateTimeOffset? from,
        DateTimeOffset? to,
        EmailDatabase db,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var until = to?.ToUniversalTime() ?? clock.GetUtcNow();
        var since = from?.ToUniversalTime() ?? until.AddDays(-365);
        if (since >= until)
            return Problem.Invalid(new FieldError("from", "Give a from before to."));
        return TypedResults.Ok(await OfAsync(db, name, since, until, shop.Value.Currency, ct));
    }

    internal static async Task<HoldOutEffect> OfAsync(
        EmailDatabase db,
        string name,
        DateTimeOffset from,
        DateTimeOffset to,
        string currency,
        CancellationToken ct
    ) =>
        HoldOutEffect.Of(
            name,
            await db.QueryAsync<HoldOutArm>(
                Sql,
                new
                {
                    Name = name,
                    From = from,
                    To = to,
                    Currency = currency,
                },
                ct
            ),
            null,
            currency
        );

    // A customer is one unit however many journeys they had, and a goal that several of them reached counts once.
    private const string Sql = """
        with begun as (
            select min(entered_at) as at from journeys where automation = @Name and outcome = 'held-out' and entered_at between @From and @To
        ), units as (
            select coalesce(r.canonical_id, j.customer_id) as person, bool_or(j.outcome = 'held-out') as held_out, array_agg(j.id) as ids
            from journeys j cross join begun left join recipients r using (customer_id)
            where j.automation = @Name and j.entered_at between coalesce(begun.at, @From) and @To
            group by 1
        ), results as (
            select u.held_out, exists (select from journey_goals g where g.journey_id = any(u.ids)) as converted,
                coalesce((
                    select sum(goal.value) from (
                        select distinct g.event_id, coalesce(o.total, g.value) as value
                        from journey_goals g left join order_revenue o on o.order_id = g.order_id and o.currency = g.currency
                        where g.journey_id = any(u.ids) and g.currency = @Currency) goal), 0) as revenue
            from units u
        )
        select coalesce(held_out, false) as held_out, count(*) as customers, count(*) filter (where converted) as converted, sum(revenue) as revenue,
            coalesce(var_samp(revenue), 0)::double precision as variance, (select at from begun) as since
        from results group by 1
        """;
}
