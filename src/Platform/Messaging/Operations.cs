using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>What operations people see and do with the messages of one service: <c>/api/v1/operations/{service}/…</c>.</summary>
internal static class Operations
{
    public static void MapOperations(this IEndpointRouteBuilder root, string service, IServiceProvider services)
    {
        if (services.GetKeyedService<ServiceDatabase>(service) is not { } database)
            return;
        root.MapGet(
                $"/api/v1/operations/{service}",
                (HealthCheckService health, TimeProvider clock, CancellationToken ct) => StatusAsync(service, database, health, clock, ct)
            )
            .RequireScope(Scope.Read);
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

    /// <summary>How the process is, and what waits in the service's database. Answers also where the database does not.</summary>
    private static async Task<IResult> StatusAsync(
        string service,
        ServiceDatabase database,
        HealthCheckService health,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        // Where one process holds several services, the databases of the others are theirs to tell.
        var report = await health.CheckHealthAsync(
            check => !check.Tags.Contains(DatabaseRegistration.DatabaseTag) || check.Tags.Contains(service),
            ct
        );
        var waiting =
            database.IsReady && report.Status == HealthStatus.Healthy
                ? await database.QuerySingleAsync<Waiting>(WaitingSql, new { Now = clock.GetUtcNow() }, ct)
                : new Waiting(0, 0, 0, 0, 0);
        return TypedResults.Ok(
            new
            {
                service,
                status = report.Status.ToString().ToLowerInvariant(),
                checks = report.Entries.Select(entry => new
                {
                    name = entry.Key,
                    status = entry.Value.Status.ToString().ToLowerInvariant(),
                    cause = entry.Value.Description,
                }),
                outbox = new
                {
                    waiting = waiting.Outgoing,
                    waiting.LagSeconds,
                    waiting.Unpublishable,
                },
                messages = new { waiting.Retrying, waiting.Parked },
            }
        );
    }

    private sealed record Waiting(long Outgoing, double LagSeconds, long Unpublishable, long Retrying, long Parked);

    private const string WaitingSql = """
        select count(*) filter (where error is null) as outgoing,
            coalesce(extract(epoch from @Now - min(created_at) filter (where error is null)), 0)::float8 as lag_seconds,
            count(*) filter (where error is not null) as unpublishable,
            (select count(*) from platform.failed_messages where next_attempt_at is not null) as retrying,
            (select count(*) from platform.failed_messages where next_attempt_at is null) as parked
        from platform.outbox
        """;

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
