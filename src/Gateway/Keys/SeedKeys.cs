using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Gateway.Keys;

/// <summary>Makes the configured keys valid: those for people (<c>Gateway:SeedKeys</c>), the one that services share (<c>Services:Key</c>), and the console's (<c>Services:ConsoleKey</c>).</summary>
internal sealed class SeedKeys(
    GatewayDatabase database,
    KeyStore store,
    IOptions<GatewayOptions> options,
    IOptions<ServiceKeyOptions> services,
    TimeProvider clock
) : BackgroundService
{
    private const string ServicesName = "services";
    private const string ConsoleName = "console";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        // All at once: who is let in by a new key must not find an old one still as powerful as it was.
        await using var work = await database.BeginAsync(stoppingToken);
        foreach (var (scope, key) in options.Value.SeedKeys)
            await SeedAsync(work, "seed-" + scope, scope, key, stoppingToken);
        if (services.Value.Key.Length > 0)
            await SeedAsync(work, ServicesName, Scopes.NameOf(Scope.Write), services.Value.Key, stoppingToken);
        if (services.Value.ConsoleKey.Length > 0)
            await SeedAsync(work, ConsoleName, Scopes.NameOf(Scope.Admin), services.Value.ConsoleKey, stoppingToken);
        await work.CommitAsync(stoppingToken);
        store.SeedsAreIn();
    }

    private async Task SeedAsync(UnitOfWork work, string name, string scope, string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(
            """
            update api_keys set revoked_at = @Now where seeded and name = @Name and hash <> @Hash and revoked_at is null;
            insert into api_keys (id, name, scopes, hash, hint, seeded, created_at)
            values (@Id, @Name, @Scope, @Hash, @Hint, true, @Now)
            on conflict (hash) do update set revoked_at = null, name = excluded.name, scopes = excluded.scopes
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                Name = name,
                Scope = scope,
                Hash = ApiKey.HashOf(key),
                Hint = ApiKey.HintOf(key),
                Now = now,
            },
            ct
        );
    }
}
