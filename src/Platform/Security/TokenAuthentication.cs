using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace MarketingPlatform.Platform.Security;

/// <summary>Every service verifies tokens itself, offline, by the published keys of whoever issues them.</summary>
internal static class TokenAuthentication
{
    public static void AddTokenAuthentication(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<ITokenKeys, PublishedTokenKeys>();
        builder.Services.AddHttpClient(PublishedTokenKeys.ClientName, http => http.BaseAddress = new Uri("https+http://gateway"));
        builder.AddServiceTokens();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(o => o.MapInboundClaims = false);
        builder
            .Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<ITokenKeys, TimeProvider>(
                (bearer, keys, clock) =>
                {
                    bearer.TimeProvider = clock;
                    bearer.TokenValidationParameters = new TokenValidationParameters
                    {
                        ValidIssuer = TokenClaims.Issuer,
                        ValidateAudience = false,
                        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                        IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId),
                        LifetimeValidator = (from, to, _, _) =>
                            clock.GetUtcNow().UtcDateTime is var now && now < to && (from is null || now >= from.Value.AddSeconds(-30)),
                        NameClaimType = TokenClaims.Key,
                    };
                    bearer.Events = new JwtBearerEvents
                    {
                        // The keys of another process may not be here yet: fetch them while we may still await.
                        // Only where there is a token: /health and what anybody may call must answer without the issuer.
                        OnMessageReceived = context =>
                            string.IsNullOrEmpty(context.Request.Headers.Authorization)
                                ? Task.CompletedTask
                                : keys.EnsureLoadedAsync(context.HttpContext.RequestAborted),
                    };
                }
            );
        builder.Services.AddAuthorization(o => o.AddScopePolicies());
    }
}

/// <summary>Public keys that tokens are verified with. The issuer registers its own; everybody else fetches them.</summary>
public interface ITokenKeys
{
    /// <summary>Makes the keys available; cheap when they are.</summary>
    Task EnsureLoadedAsync(CancellationToken ct);

    /// <returns>The key with this id, or none.</returns>
    IEnumerable<SecurityKey> Find(string keyId);
}

/// <summary>Keys as published at <c>/.well-known/jwks.json</c> of the issuer; fetched again when an hour old.</summary>
internal sealed class PublishedTokenKeys(IHttpClientFactory http, TimeProvider clock) : ITokenKeys, IDisposable
{
    public const string ClientName = "token-keys";

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim gate = new(1, 1);
    private JsonWebKeySet? keys;
    private DateTimeOffset fetchedAt;

    public async Task EnsureLoadedAsync(CancellationToken ct)
    {
        if (keys is not null && clock.GetUtcNow() - fetchedAt < MaxAge)
            return;
        await gate.WaitAsync(ct);
        try
        {
            if (keys is not null && clock.GetUtcNow() - fetchedAt < MaxAge)
                return;
            using var client = http.CreateClient(ClientName);
            keys = new JsonWebKeySet(await client.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), ct));
            fetchedAt = clock.GetUtcNow();
        }
        catch (HttpRequestException) when (keys is not null)
        {
            // The issuer is away; the keys that we have still verify.
        }
        catch (HttpRequestException e)
        {
            throw new TokenKeysAwayException(e);
        }
        finally
        {
            gate.Release();
        }
    }

    public IEnumerable<SecurityKey> Find(string keyId) => keys?.GetSigningKeys().Where(key => key.KeyId == keyId) ?? [];

    public void Dispose() => gate.Dispose();
}

/// <summary>Whether a token is good cannot be known: who publishes the keys does not answer.</summary>
internal sealed class TokenKeysAwayException(Exception cause) : Exception("The keys that verify tokens cannot be fetched.", cause);
