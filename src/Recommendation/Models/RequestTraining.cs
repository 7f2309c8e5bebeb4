using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// <c>POST /api/v1/recommendations/train</c>: a training starts within seconds; its result appears in the list of models.
/// </summary>
internal static class RequestTraining
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Recommendations + "/train", Handle).RequireScope(Scope.Write).WithName("RequestTraining");

    private static async Task<Accepted> Handle(RecommendationDatabase database, TimeProvider clock, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await TrainingSignals.AddAsync(work, requested: true, orders: 0, clock.GetUtcNow(), ct);
        await work.CommitAsync(ct);
        return TypedResults.Accepted(Routes.Recommendations + "/models");
    }
}
