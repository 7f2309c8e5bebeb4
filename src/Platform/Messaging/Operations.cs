using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>What operations people see and do with the messages of one service: <c>/api/v1/operations/{service}/…</c>.</summary>
internal static class Operations
{
    public static void MapOperations(this IEndpointRouteBuilder root, string service, IServiceProvider services)
    {
        if (services.GetKeyedService<ServiceDatabase>(service) is not { } database)
            return;
        var prefix = $"/api/v1/operations/{service}/messages";
        root.MapGet(prefix, (int? limit, bool? parked, CancellationToken ct) => ListAsync(database, limit, parked ?? true, ct))
            .RequireScope(Scope.Read);
        root.MapPost(prefix + "/replay", (TimeProvider clock, CancellationToken ct) => ReplayAsync(database, null, clock, ct))
            .RequireScope(Scope.Admin);
        root.MapPost(
                prefix + "/{id:guid}/replay",
                (Guid id, TimeProvider clock, CancellationToken ct) => ReplayAsync(database, id, clock, ct)
            )
            .RequireScope(Scope.Admin);
    }

    private static async Task<IResult> ListAsync(ServiceDatabase database, int? asked, bool parked, CancellationToken ct)
    {
        if (!Limit.TryRead(asked, out var limit, out var error))
            return Problem.Invalid(error);
        var items = await database.QueryAsync<FailedMessage>(
            """
            select * from platform.failed_messages where (next_attempt_at is null) = @Parked order by failed_at desc limit @Limit
            """,
            new { Parked = parked, Limit = limit },
            ct
        );
        return TypedResults.Ok(new { items });
    }

    private static async Task<IResult> ReplayAsync(ServiceDatabase database, Guid? id, TimeProvider clock, CancellationToken ct)
    {
        var replayed = await database.ExecuteAsync(
            """
            update platform.failed_messages set next_attempt_at = @Now
            where next_attempt_at is null and (@Id::uuid is null or id = @Id)
            """,
            new { Now = clock.GetUtcNow(), Id = id },
            ct
        );
        return id is null || replayed > 0
            ? TypedResults.Accepted((string?)null, new { replayed })
            : Problem.NotFound("parked-message", "No parked message has this id; list them with a GET of the path without the id.");
    }
}
