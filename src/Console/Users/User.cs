namespace MarketingPlatform.Console.Users;

/// <summary>Somebody who may sign in.</summary>
/// <param name="External">Issuer and subject of who signs in by OpenID Connect; null with a password.</param>
/// <param name="Stamp">A session that carries another one has ended.</param>
/// <param name="Version">Grows with each change by a person.</param>
internal sealed record User(
    Guid Id,
    string Name,
    string Role,
    string? PasswordHash,
    string? External,
    Guid Stamp,
    int WrongPasswords,
    DateTimeOffset? LockedUntil,
    bool Disabled,
    int Version,
    bool TourDismissed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SignedInAt
)
{
    public const string Columns = """
        id, name, role, password_hash, external, stamp, wrong_passwords, locked_until, disabled, version, tour_dismissed, created_at,
        signed_in_at
        """;

    public static Task<User?> FindAsync(ConsoleDatabase database, Guid id, CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<User>($"select {Columns} from users where id = @Id", new { Id = id }, ct);

    public static Task<User?> FindAsync(ConsoleDatabase database, string name, CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<User>(
            $"select {Columns} from users where name = lower(@Name)",
            new { Name = name.Trim().Replace("\0", "", StringComparison.Ordinal) },
            ct
        );
}
