using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Gateway.Keys;

internal static class RevokeKey
{
    public static void Map(IEndpointRouteBuilder root) => root.MapDelete(Routes.Keys + "/{id:guid}", Handle).RequireScope(Scope.Admin);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id,
        GatewayDatabase database,
        KeyStore store,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var revoked = await database.ExecuteAsync(
            "update api_keys set revoked_at = coalesce(revoked_at, @Now) where id = @Id",
            new { Id = id, Now = clock.GetUtcNow() },
            ct
        );
        store.Forget();
        return revoked == 1 ? TypedResults.NoContent() : Problem.NotFound("key", "No key has this id; list them with GET /api/v1/keys.");
    }
}
