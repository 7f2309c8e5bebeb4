using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <param name="Size">Members now.</param>
internal sealed record AudienceView(string Key, string Name, string Description, long Size);

/// <summary><c>GET /api/v1/ads/audiences</c>.</summary>
internal static class ListAudiences
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/audiences", Handle)
            .RequireScope(Scope.Read)
            .WithName("listAdAudiences")
            .WithSummary("Audiences for ads, with their sizes.");

    private static async Task<Ok<Page<AudienceView>>> Handle(
        AbandonedCartAudience abandonedCart,
        NamedAudiences named,
        CancellationToken ct
    )
    {
        var audience = new AudienceView(
            AbandonedCartAudience.Key,
            "Abandoned cart",
            "Left a cart behind, did not order since, and agreed to be in audiences for ads.",
            await abandonedCart.CountAsync(ct)
        );
        var others = (await named.ListAsync(ct)).Select(other => new AudienceView(
            other.Audience,
            other.Audience,
            $"Named by the automations {other.Automations}; members agreed to be in audiences for ads.",
            other.Size
        ));
        return TypedResults.Ok(new Page<AudienceView>([audience, .. others], null));
    }
}
