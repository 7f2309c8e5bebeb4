using System.Collections.Concurrent;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Gateway.Keys;

/// <summary>A key that is valid now.</summary>
internal sealed record ValidKey(Guid Id, string Scopes)
{
    public IReadOnlyList<Scope> ScopeList { get; } =
    [.. Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Enum.Parse<Scope>(name, ignoreCase: true))];
}

/// <summary>Finds keys by what a caller shows. Valid ones are remembered for some seconds, so a revocation takes that long elsewhere.</summary>
internal sealed class KeyStore(GatewayDatabase database, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, (ValidKey Key, DateTimeOffset At)> remembered = new();
    private readonly TaskCompletionSource seeded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask<ValidKey?> FindAsync(string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (remembered.TryGetValue(key, out var known) && now - known.At < RememberFor)
            return known.Key;
        var found = await LoadAsync(key, ct);
        if (found is null && !seeded.Task.IsCompleted)
        {
            // The first request of a fresh deployment may be faster than its seeds.
            await seeded.Task.WaitAsync(ct);
            found = await LoadAsync(key, ct);
        }
        if (found is null)
        {
            remembered.TryRemove(key, out _);
            return null;
        }
        if (remembered.Count >= MaxRemembered)
            remembered.Clear();
        remembered[key] = (found, now);
        return found;
    }

    public void Forget() => remembered.Clear();

    /// <summary>The configured keys are in place: from now on a key that is not found is unknown.</summary>
    public void SeedsAreIn()
    {
        Forget();
        seeded.TrySetResult();
    }

    private Task<ValidKey?> LoadAsync(string key, CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<ValidKey>(
            "select id, scopes from api_keys where hash = @Hash and revoked_at is null",
            new { Hash = ApiKey.HashOf(key) },
            ct
        );
}
