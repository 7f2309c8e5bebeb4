using MarketingPlatform.Contracts;

namespace MarketingPlatform.Gateway.Tokens;

/// <summary>The public keys that tokens are verified with, as a JSON Web Key Set (RFC 7517).</summary>
internal static class PublishTokenKeys
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.TokenKeys, Handle).AllowAnonymous();

    internal static async Task<IResult> Handle(GatewayTokens tokens, CancellationToken ct)
    {
        var key = (await tokens.IssuerAsync(ct)).PublicKey();
        return TypedResults.Ok(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = key.Kty,
                        crv = key.Crv,
                        use = key.Use,
                        alg = key.Alg,
                        kid = key.Kid,
                        x = key.X,
                        y = key.Y,
                    },
                },
            }
        );
    }
}
