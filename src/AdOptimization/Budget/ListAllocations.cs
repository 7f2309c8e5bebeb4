using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary><c>GET /api/v1/ads/budget/allocations</c>: decisions with their reasons, newest first.</summary>
internal static class ListAllocations
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/budget/allocations", Handle)
            .RequireScope(Scope.Read)
            .WithName("listAdBudgetAllocations")
            .WithSummary("Budget decisions with inputs, probabilities and reasons, newest first.");

    private static async Task<Results<Ok<Page<AllocationView>>, ProblemHttpResult>> Handle(
        int? limit,
        string? cursor,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var found = await AllocationStore.ReadAsync(db, before, take + 1, ct);
        return TypedResults.Ok(Pages.Of(found, take, allocation => allocation.Id));
    }
}
