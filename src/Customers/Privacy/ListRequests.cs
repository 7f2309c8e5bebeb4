using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Privacy;

/// <summary><c>GET /api/v1/privacy/requests</c>, newest first, and one of them.</summary>
internal static class ListRequests
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Privacy + "/requests", List).RequireScope(Scope.Read).WithSummary("Erasures and exports that people asked for.");
        root.MapGet(Routes.Privacy + "/requests/{id:guid}", One)
            .RequireScope(Scope.Read)
            .WithSummary("How far a request is, with each service's receipt.");
    }

    private static async Task<Results<Ok<Page<PrivacyRequestView>>, ProblemHttpResult>> List(
        int? limit,
        string? cursor,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var found = await PrivacyRequest.ReadAsync(
            database,
            "where @Before::uuid is null or q.id < @Before order by q.id desc limit @Rows + 1",
            new { Before = before, Rows = rows },
            ct
        );
        return TypedResults.Ok(Pages.Of(found, rows, request => request.Id));
    }

    private static async Task<Results<Ok<PrivacyRequestView>, ProblemHttpResult>> One(
        Guid id,
        CustomersDatabase database,
        CancellationToken ct
    ) =>
        (await PrivacyRequest.ReadAsync(database, "where q.id = @Id", new { Id = id }, ct)) is [var request]
            ? TypedResults.Ok(request)
            : Problem.NotFound("privacy-request", $"GET {Routes.Privacy}/requests lists them.");
}
