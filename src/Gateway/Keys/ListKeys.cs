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
        var after = Cursor.Decode(cursor, 1) is [var text] && Guid.TryParse(text, out var id) ? id : (Guid?)null;
        var keys = await database.QueryAsync<KeyView>(
            """
            select id, name, scopes, hint, seeded, created_at, revoked_at
            from api_keys where @After::uuid is null or id > @After order by id limit @Rows + 1
            """,
            new { After = after, Rows = rows },
            ct
        );
        var more = keys.Count > rows;
        var items = more ? keys.Take(rows).ToArray() : keys;
        return TypedResults.Ok(new Page<KeyView>(items, more ? Cursor.Encode(items[^1].Id.ToString()) : null));
    }
}
