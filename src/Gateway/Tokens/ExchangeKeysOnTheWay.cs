using MarketingPlatform.Contracts;
using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Gateway.Tokens;

/// <summary>Turns the API key of a passing call into a token; services behind it see tokens only. A collect call may carry its key in the body.</summary>
internal sealed class ExchangeKeysOnTheWay(RequestDelegate next, KeyStore keys, GatewayTokens tokens, TimeProvider clock)
{
    private readonly TokenOnTheWay onTheWay = new();

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == Routes.Token || await ShownAsync(context.Request, context.RequestAborted) is not { } shown)
        {
            await next(context);
            return;
        }
        if (await keys.FindAsync(shown, context.RequestAborted) is not { } key)
        {
            await UnknownKey().ExecuteAsync(context);
            return;
        }
        var issuer = await tokens.IssuerAsync(context.RequestAborted);
        context.Request.Headers.Authorization = "Bearer " + onTheWay.For(key, issuer, clock.GetUtcNow());
        await next(context);
    }

    private static async ValueTask<string?> ShownAsync(HttpRequest request, CancellationToken ct)
    {
        if (ApiKey.Read(request.Headers.Authorization) is { } key)
            return key;
        return
            string.IsNullOrEmpty(request.Headers.Authorization)
            && HttpMethods.IsPost(request.Method)
            && request.Path.StartsWithSegments(Routes.Collect)
            ? await KeyInBody.ReadAsync(request, ct)
            : null;
    }

    internal static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult UnknownKey() =>
        Problem.Of(
            StatusCodes.Status401Unauthorized,
            "unknown-key",
            "This key is not known here",
            "Check that the key is complete and was not revoked; an admin makes a new one with POST /api/v1/keys."
        );
}
