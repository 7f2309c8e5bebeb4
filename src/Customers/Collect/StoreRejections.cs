using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Calls that could not be used, kept with their reason so that nothing disappears.</summary>
internal static class StoreRejections
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Rejections, List).RequireScope(Scope.Read);

    public static Task StoreAsync(UnitOfWork work, IReadOnlyList<RejectedCall> rejections, DateTimeOffset now, CancellationToken ct) =>
        rejections.Count == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into rejections (id, reason, detail, body, received_at)
                select id, reason, detail, body, @Now from unnest(@Ids::uuid[], @Reasons::text[], @Details::text[], @Bodies::text[])
                    as r (id, reason, detail, body)
                """,
                new
                {
                    Now = now,
                    Ids = rejections.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                    Reasons = rejections.Select(r => r.Reason).ToArray(),
                    Details = rejections.Select(r => r.Detail).ToArray(),
                    Bodies = rejections.Select(r => r.Body).ToArray(),
                },
                ct
            );

    private static async Task<Results<Ok<Page<Rejection>>, ProblemHttpResult>> List(
        int? limit,
        string? cursor,
        string? reason,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var found = await database.QueryAsync<Rejection>(
            """
            select id, reason, detail, body, received_at from rejections
            where (@Before::uuid is null or id < @Before) and (@Reason::text is null or reason = @Reason)
            order by id desc limit @Rows + 1
            """,
            new
            {
                Before = before,
                Reason = reason?.Replace("\0", "", StringComparison.Ordinal),
                Rows = rows,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(found, rows, rejection => rejection.Id));
    }

    private sealed record Rejection(Guid Id, string Reason, string Detail, string Body, DateTimeOffset ReceivedAt);
}
