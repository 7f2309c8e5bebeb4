using MarketingPlatform.Contracts;
using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Gateway.Tokens;

/// <summary>
/// <c>POST /api/v1/token</c> with a key in the Authorization header: a token for five minutes. With <c>?scope=read</c> one that may do no
/// more than that, for a holder who acts for somebody of less power.
/// </summary>
internal static class ExchangeKey
{
    public static void Map(IEndpointRouteBuilder root) => root.MapPost(Routes.Token, Handle).AllowAnonymous();

    internal static async Task<Results<Ok<Grant>, ProblemHttpResult>> Handle(
        HttpRequest request,
        string? scope,
        KeyStore keys,
        GatewayTokens tokens,
        CancellationToken ct
    )
    {
        if (ApiKey.Read(request.Headers.Authorization) is not { } shown)
            return Problem.Of(401, "missing-key", "No key", "Send the API key as 'Authorization: Bearer KEY'.");
        if (await keys.FindAsync(shown, ct) is not { } key)
            return ExchangeKeysOnTheWay.UnknownKey();
        var scopes = key.ScopeList;
        if (scope is not null)
        {
            if (!Scopes.TryParse(scope, out var narrowed))
                return Problem.Invalid(new FieldError("scope", "Give one of: collect, read, write, admin."));
            if (!Scopes.Grants(scopes, narrowed))
                return Problem.Of(403, "insufficient-scope", "This key may not do that", "Ask for a scope that the key itself has.");
            scopes = [narrowed];
        }
        var (token, expiresAt) = (await tokens.IssuerAsync(ct)).Issue(key.Id.ToString(), scopes);
        return TypedResults.Ok(new Grant(token, expiresAt, string.Join(' ', scopes.Select(Scopes.NameOf))));
    }

    internal sealed record Grant(string Token, DateTimeOffset ExpiresAt, string Scope);
}
