using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>Who the shop's server says its visitor is: one of both is there.</summary>
internal sealed record VouchedVisitor(Guid? CustomerId, string? UserId);

/// <summary>
/// Tokens by which the shop's server vouches for a visitor of its pages: JSON Web Tokens (RFC 7519), HS256 with the secret of
/// <c>GET /api/v1/chat/visitor-key</c>, with <c>sub</c> (the shop's own id of the user) or <c>customer_id</c>, and <c>exp</c> at most a day ahead.
/// </summary>
internal sealed class VisitorTokens(SigningKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private const int MaxLength = 4_000;

    private readonly JsonWebTokenHandler handler = new();

    /// <returns>Null where the token is not signed with the secret, is too old or lives too long, or names nobody.</returns>
    public async Task<VouchedVisitor?> ReadAsync(string? token, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token) || token.Length > MaxLength)
            return null;
        var now = clock.GetUtcNow().UtcDateTime;
        var result = await handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidateIssuer = false,
                ValidateAudience = false,
                RequireExpirationTime = true,
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                IssuerSigningKey = new SymmetricSecurityKey(await keys.GetAsync(SigningKeys.Visitors, ct)),
                LifetimeValidator = (_, until, _, _) => until is { } end && now < end && end <= now + Longest,
            }
        );
        if (!result.IsValid)
            return null;
        if (result.Claims.TryGetValue("customer_id", out var customer) && Guid.TryParse(customer as string, out var id))
            return new(id, null);
        return
            result.Claims.TryGetValue(JwtRegisteredClaimNames.Sub, out var sub)
            && sub is string { Length: > 0 and <= 200 } user
            && !user.Contains('\0')
            ? new(null, user)
            : null;
    }
}

/// <param name="Secret">Base64 of 32 bytes: the key of HMAC-SHA256.</param>
internal sealed record SecretView(string Secret);

/// <summary><c>GET|POST /api/v1/chat/visitor-key</c> and <c>…/webhook-key</c>: the secrets that the shop's server signs or verifies with; POST makes a new one.</summary>
internal static class ShowSecrets
{
    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (var (path, purpose) in new[] { ("/visitor-key", SigningKeys.Visitors), ("/webhook-key", SigningKeys.WebHook) })
        {
            root.MapGet(
                    Routes.Chat + path,
                    async Task<Ok<SecretView>> (SigningKeys keys, CancellationToken ct) => View(await keys.GetAsync(purpose, ct))
                )
                .RequireScope(Scope.Admin);
            root.MapPost(
                    Routes.Chat + path,
                    async Task<Ok<SecretView>> (SigningKeys keys, CancellationToken ct) => View(await keys.ReplaceAsync(purpose, ct))
                )
                .RequireScope(Scope.Admin);
        }
    }

    private static Ok<SecretView> View(byte[] secret) => TypedResults.Ok(new SecretView(Convert.ToBase64String(secret)));
}
