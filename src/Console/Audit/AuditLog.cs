using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Console.Audit;

/// <param name="User">Name of who did it.</param>
/// <param name="Action">Noun and verb: <c>key.revoke</c>.</param>
/// <param name="Target">What was changed.</param>
/// <param name="Detail">From what to what.</param>
internal sealed record AuditEntry(string User, string Action, string Target, string Detail);

/// <summary>What people changed through the console. A change and its entry are committed together.</summary>
internal static class AuditLog
{
    public static Task AppendAsync(UnitOfWork work, AuditEntry entry, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            insert into audit_log (id, at, user_name, action, target, detail) values (@Id, @Now, @User, @Action, @Target, @Detail)
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                Now = now,
                entry.User,
                entry.Action,
                entry.Target,
                entry.Detail,
            },
            ct
        );

    /// <summary>
    /// Makes a change through another service. The entry is written before the call and committed after it, so that a change without an
    /// entry would need a crash between the two; what was refused leaves none.
    /// </summary>
    public static async Task<T> AroundAsync<T>(
        ConsoleDatabase database,
        AuditEntry entry,
        TimeProvider clock,
        Func<Task<T>> change,
        Func<T, bool> succeeded,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        await AppendAsync(work, entry, clock.GetUtcNow(), ct);
        var result = await change();
        if (succeeded(result))
            await work.CommitAsync(CancellationToken.None);
        return result;
    }
}
