using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary><c>GET /api/v1/ads/audiences/{key}/members</c>, by customer id.</summary>
internal static class ListAudienceMembers
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/audiences/{key}/members", Handle)
            .RequireScope(Scope.Read)
            .WithName("listAdAudienceMembers")
            .WithSummary("Members of an audience for ads.");

    private static async Task<Results<Ok<Page<AudienceMember>>, ProblemHttpResult>> Handle(
        string key,
        int? limit,
        string? cursor,
        AbandonedCartAudience abandonedCart,
        NamedAudiences named,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        if (key != AbandonedCartAudience.Key && !await named.ExistsAsync(key, ct))
            return Problem.NotFound("audience", $"There is no audience with the key '{key}'. GET {Routes.Ads}/audiences lists them.");

        var rows =
            key == AbandonedCartAudience.Key
                ? await abandonedCart.ReadAsync(after, take + 1, ct)
                : await named.ReadAsync(key, after, take + 1, ct);
        return TypedResults.Ok(Pages.Of(rows, take, member => member.CustomerId));
    }
}
