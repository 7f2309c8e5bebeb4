using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Gateway.Keys;

/// <param name="Hint">The first characters of the key.</param>
internal sealed record KeyView(
    Guid Id,
    string Name,
    string Scopes,
    string Hint,
    bool Seeded,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RevokedAt
);

internal static class ListKeys
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Keys, Handle).RequireScope(Scope.Admin);

    internal static async Task<Results<Ok<Page<KeyView>>, ProblemHttpResult>> Handle(
        int? limit,
        string? cursor,
        GatewayDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        var keys = await database.QueryAsync<KeyView>(
            """
            select id, name, scopes, hint, seeded, created_at, revoked_at
            from api_keys where @After::uuid is null or id > @After order by id limit @Rows + 1
            """,
            new { After = after, Rows = rows },
            ct
        );
        return TypedResults.Ok(Pages.Of(keys, rows, key => key.Id));
    }
}
