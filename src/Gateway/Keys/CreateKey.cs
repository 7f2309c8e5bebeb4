using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Gateway.Keys;

/// <param name="Name">What the key is for, in the words of who asks for it.</param>
/// <param name="Scope">collect, read, write or admin.</param>
internal sealed record CreateKey(string? Name, string? Scope)
{
    public static void Map(IEndpointRouteBuilder root) => root.MapPost(Routes.Keys, Handle).RequireScope(Platform.Security.Scope.Admin);

    internal static async Task<Results<Created<CreatedKey>, ProblemHttpResult>> Handle(
        CreateKey request,
        GatewayDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(request, out var scope) is { Length: > 0 } errors)
            return Problem.Invalid(errors);
        var now = clock.GetUtcNow();
        var key = ApiKey.Create(scope);
        var created = new CreatedKey(Guid.CreateVersion7(now), request.Name!.Trim(), Scopes.NameOf(scope), key, now);
        await database.ExecuteAsync(
            """
            insert into api_keys (id, name, scopes, hash, hint, created_at)
            values (@Id, @Name, @Scope, @Hash, @Hint, @CreatedAt)
            """,
            new
            {
                created.Id,
                created.Name,
                created.Scope,
                Hash = ApiKey.HashOf(key),
                Hint = ApiKey.HintOf(key),
                created.CreatedAt,
            },
            ct
        );
        return TypedResults.Created($"{Routes.Keys}/{created.Id}", created);
    }

    private static FieldError[] Check(CreateKey request, out Scope scope)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 100)
            errors.Add(new FieldError("name", "Say in 1 to 100 characters what the key is for."));
        if (!Scopes.TryParse(request.Scope, out scope))
            errors.Add(new FieldError("scope", "Give one of: collect, read, write, admin."));
        return [.. errors];
    }
}

/// <param name="Key">Shown this once: only its hash is kept.</param>
internal sealed record CreatedKey(Guid Id, string Name, string Scope, string Key, DateTimeOffset CreatedAt);
