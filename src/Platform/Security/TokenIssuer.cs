using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MarketingPlatform.Platform.Security;

/// <summary>Signs tokens (ES256) and knows the public key that verifies them.</summary>
public sealed class TokenIssuer : ITokenKeys, IDisposable
{
    /// <summary>How long a token is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ECDsa key;
    private readonly ECDsaSecurityKey signingKey;
    private readonly TimeProvider clock;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="privateKey">PKCS #8 of a P-256 key; the caller keeps it secret.</param>
    public TokenIssuer(ReadOnlySpan<byte> privateKey, TimeProvider clock)
    {
        this.clock = clock;
        key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        signingKey = new ECDsaSecurityKey(key)
        {
            // A factory of its own: the shared one would hand the next issuer with this key what this one has disposed of.
            CryptoProviderFactory = new CryptoProviderFactory(),
            KeyId = Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 9).ToArray()),
        };
    }

    /// <returns>A new private key in PKCS #8.</returns>
    public static byte[] CreateKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    /// <param name="keyId">The API key that the caller showed.</param>
    public (string Token, DateTimeOffset ExpiresAt) Issue(string keyId, IEnumerable<Scope> scopes)
    {
        var now = clock.GetUtcNow();
        var token = handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = TokenClaims.Issuer,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = (now + Lifetime).UtcDateTime,
                Claims = new Dictionary<string, object>
                {
                    [TokenClaims.Key] = keyId,
                    [TokenClaims.Scope] = string.Join(' ', scopes.Select(Scopes.NameOf)),
                },
                SigningCredentials = new SigningCredentials(signingKey, SecurityAlgorithms.EcdsaSha256),
            }
        );
        return (token, now + Lifetime);
    }

    /// <returns>The public key as a JSON Web Key, for the set that others fetch.</returns>
    public JsonWebKey PublicKey()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonWebKey
        {
            Kty = "EC",
            Crv = "P-256",
            Use = "sig",
            Alg = SecurityAlgorithms.EcdsaSha256,
            Kid = signingKey.KeyId,
            X = Base64UrlEncoder.Encode(point.X),
            Y = Base64UrlEncoder.Encode(point.Y),
        };
    }

    Task ITokenKeys.EnsureLoadedAsync(CancellationToken ct) => Task.CompletedTask;

    IEnumerable<SecurityKey> ITokenKeys.Find(string keyId) => keyId == signingKey.KeyId ? [signingKey] : [];

    public void Dispose() => key.Dispose();
}
