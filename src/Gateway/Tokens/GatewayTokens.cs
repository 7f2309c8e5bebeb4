using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Platform.Security;
using Microsoft.IdentityModel.Tokens;

namespace MarketingPlatform.Gateway.Tokens;

/// <summary>Tokens for valid keys, signed with the deployment's key, which is made at the first start and shared by all instances.</summary>
internal sealed class GatewayTokens(GatewayDatabase database, TimeProvider clock) : ITokenKeys, IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile TokenIssuer? issuer;

    public async ValueTask<TokenIssuer> IssuerAsync(CancellationToken ct)
    {
        if (issuer is { } known)
            return known;
        await gate.WaitAsync(ct);
        try
        {
            return issuer ??= new TokenIssuer(await LoadKeyAsync(ct), clock);
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task EnsureLoadedAsync(CancellationToken ct) => await IssuerAsync(ct);

    public IEnumerable<SecurityKey> Find(string keyId) => ((ITokenKeys?)issuer)?.Find(keyId) ?? [];

    public void Dispose()
    {
        gate.Dispose();
        issuer?.Dispose();
    }

    private Task<byte[]> LoadKeyAsync(CancellationToken ct) =>
        database.QuerySingleAsync<byte[]>(
            """
            insert into signing_keys (private_key) values (@Fresh) on conflict do nothing;
            select private_key from signing_keys
            """,
            new { Fresh = TokenIssuer.CreateKey() },
            ct
        );
}

/// <summary>The token that a key is exchanged for on calls that pass through; made again when its time is nearly up.</summary>
internal sealed class TokenOnTheWay
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, (string Token, DateTimeOffset ExpiresAt)> tokens = new();

    public string For(ValidKey key, TokenIssuer issuer, DateTimeOffset now)
    {
        if (tokens.TryGetValue(key.Id, out var held) && now < held.ExpiresAt - RenewBefore)
            return held.Token;
        var fresh = issuer.Issue(key.Id.ToString(), key.ScopeList);
        tokens[key.Id] = fresh;
        return fresh.Token;
    }
}
