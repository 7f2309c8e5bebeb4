using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MarketingPlatform.Email.Recipients;

/// <summary>This deployment's secrets: made at first use, kept in the database, so that links in old mails work for ever.</summary>
internal sealed class SigningKeys(EmailDatabase db) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly ConcurrentDictionary<string, byte[]> known = new();

    public Task<byte[]> ReturnPathAsync(CancellationToken ct) => GetAsync("return-path", ct);

    public Task<byte[]> UnsubscribeAsync(CancellationToken ct) => GetAsync("unsubscribe", ct);

    public Task<byte[]> TrackingAsync(CancellationToken ct) => GetAsync("tracking", ct);

    public Task<byte[]> WebHooksAsync(CancellationToken ct) => GetAsync("web-hooks", ct);

    /// <summary>The hash under which an address is suppressed: nobody without the key can test whether an address is among them.</summary>
    public async Task<byte[]> HashAddressAsync(string address, CancellationToken ct) =>
        HMACSHA256.HashData(await GetAsync("address", ct), Encoding.UTF8.GetBytes(address.Trim().ToLowerInvariant()));

    public void Dispose() => gate.Dispose();

    private async Task<byte[]> GetAsync(string purpose, CancellationToken ct)
    {
        // Every mail asks; only the first waits.
        if (known.TryGetValue(purpose, out var at))
            return at;
        await gate.WaitAsync(ct);
        try
        {
            if (known.TryGetValue(purpose, out var secret))
                return secret;
            await db.ExecuteAsync(
                "insert into signing_keys (purpose, secret) values (@Purpose, @Secret) on conflict do nothing",
                new { Purpose = purpose, Secret = RandomNumberGenerator.GetBytes(32) },
                ct
            );
            secret = await db.QuerySingleAsync<byte[]>(
                "select secret from signing_keys where purpose = @Purpose",
                new { Purpose = purpose },
                ct
            );
            known[purpose] = secret;
            return secret;
        }
        finally
        {
            gate.Release();
        }
    }
}
