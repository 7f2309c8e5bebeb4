using MarketingPlatform.Contracts;
using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Gateway.Tokens;

/// <summary><c>POST /api/v1/token</c> with a key in the Authorization header: a token for five minutes.</summary>
internal static class ExchangeKey
{
    public static void Map(IEndpointRouteBuilder root) => root.MapPost(Routes.Token, Handle).AllowAnonymous();

    internal static async Task<Results<Ok<Grant>, ProblemHttpResult>> Handle(
        HttpRequest request,
        KeyStore keys,
        GatewayTokens tokens,
        CancellationToken ct
    )
    {
        if (ApiKey.Read(request.Headers.Authorization) is not { } shown)
            return Problem.Of(401, "missing-key", "No key", "Send the API key as 'Authorization: Bearer KEY'.");
        if (await keys.FindAsync(shown, ct) is not { } key)
            return ExchangeKeysOnTheWay.UnknownKey();
        var (token, expiresAt) = (await tokens.IssuerAsync(ct)).Issue(key.Id.ToString(), key.ScopeList);
        return TypedResults.Ok(new Grant(token, expiresAt, key.Scopes));
    }

    internal sealed record Grant(string Token, DateTimeOffset ExpiresAt, string Scope);
}
