using MarketingPlatform.Console.Audit;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.Users;

/// <summary>Where nobody may sign in yet, makes <c>admin</c> and says the password, once.</summary>
internal sealed class FirstAdministrator(
    ConsoleDatabase database,
    IOptions<ConsoleOptions> options,
    TimeProvider clock,
    ILogger<FirstAdministrator> log
) : BackgroundService
{
    public const string Name = "admin";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        var given = options.Value.FirstPassword;
        var password = given.Length > 0 ? given : Password.Create();
        if (await MakeAsync(password, stoppingToken) && given.Length == 0)
            log.LogWarning(
                "Console: sign in as '{Name}' with the password {Password} (shown this once; change it under Account)",
                Name,
                password
            );
    }

    /// <returns>Whether there was nobody before.</returns>
    private async Task<bool> MakeAsync(string password, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ConsoleDatabase.LockFirstUser, null, ct);
        if (await work.QuerySingleAsync<bool>("select exists (select from users)", null, ct))
            return false;
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(
            """
            insert into users (id, name, role, password_hash, stamp, created_at) values (@Id, @Name, 'admin', @Hash, @Stamp, @Now)
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                Name,
                Hash = Password.Hash(password),
                Stamp = Guid.CreateVersion7(now),
                Now = now,
            },
            ct
        );
        await AuditLog.AppendAsync(
            work,
            new AuditEntry("platform", "user.create", Name, "first administrator, made at the first start"),
            now,
            ct
        );
        await work.CommitAsync(ct);
        return true;
    }
}
