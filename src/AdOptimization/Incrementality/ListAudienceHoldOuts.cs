using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Incrementality;

internal sealed record DrawnMember(Guid CustomerId);

/// <summary>
/// <c>GET /api/v1/ads/audience-hold-outs</c>, <c>…/{id}</c> with results, and <c>…/{id}/members?part=held|exposed</c>: whom a connector excludes,
/// those who still agree to be named to an ad platform.
/// </summary>
internal static class ListAudienceHoldOuts
{
    private const int Most = 1_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Ads + "/audience-hold-outs", List)
            .RequireScope(Scope.Read)
            .WithName("listAdAudienceHoldOuts")
            .WithSummary("Hold-outs by audience with their results, newest first.");
        root.MapGet(Routes.Ads + "/audience-hold-outs/{id:guid}", Get)
            .RequireScope(Scope.Read)
            .WithName("getAdAudienceHoldOut")
            .WithSummary("A hold-out by audience with its result.");
        root.MapGet(Routes.Ads + "/audience-hold-outs/{id:guid}/members", Members)
            .RequireScope(Scope.Read)
            .WithName("listAdAudienceHoldOutMembers")
            .WithSummary("Members who are held out (to be excluded at the ad platform), or exposed.");
    }

    private static async Task<Ok<Page<AudienceHoldOutView>>> List(AdsDatabase db, CancellationToken ct)
    {
        var rows = await db.QueryAsync<AudienceHoldOutRow>($"{AudienceHoldOutRow.Select} order by h.id desc limit @Most", new { Most }, ct);
        return TypedResults.Ok(new Page<AudienceHoldOutView>([.. rows.Select(r => r.ToView())], null));
    }

    private static async Task<Results<Ok<AudienceHoldOutView>, ProblemHttpResult>> Get(Guid id, AdsDatabase db, CancellationToken ct)
    {
        var rows = await db.QueryAsync<AudienceHoldOutRow>($"{AudienceHoldOutRow.Select} where h.id = @id", new { id }, ct);
        return rows is [var row] ? TypedResults.Ok(row.ToView()) : NotFound(id);
    }

    private static async Task<Results<Ok<Page<DrawnMember>>, ProblemHttpResult>> Members(
        Guid id,
        string? part,
        int? limit,
        string? cursor,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        if (part is not (null or "held" or "exposed"))
            return Problem.Invalid(new FieldError("part", "Give held (or nothing) or exposed."));
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        if (!await db.QuerySingleAsync<bool>("select exists (select from audience_hold_outs where id = @id)", new { id }, ct))
            return NotFound(id);
        var rows = await db.QueryAsync<DrawnMember>(
            MembersSql,
            new
            {
                id,
                Held = part is not "exposed",
                after,
                Take = take + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, take, member => member.CustomerId));
    }

    internal static ProblemHttpResult NotFound(Guid id) =>
        Problem.NotFound("audience-hold-out", $"There is no hold-out {id}. GET {Routes.Ads}/audience-hold-outs lists them.");

    // Who took the consent back since, under any id, is not named any more; the analysis keeps counting it in its part.
    private const string MembersSql = """
        select h.customer_id
        from audience_hold_out_members h
        left join merges own on own.from_id = h.customer_id
        cross join lateral (
            select c.granted
            from consents c left join merges m on m.from_id = c.customer_id
            where c.customer_id in (h.customer_id, own.root_id) or m.root_id = coalesce(own.root_id, h.customer_id)
            order by c.at desc, c.granted limit 1
        ) said
        where h.hold_out_id = @id and h.held = @Held and said.granted and (@after::uuid is null or h.customer_id > @after)
        order by h.customer_id limit @Take
        """;
}
