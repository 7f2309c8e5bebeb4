using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Console.Users;

/// <summary>
/// <c>POST /console/users/{id}</c>: another role, closed or open, or a new password. The form carries the version that its reader saw:
/// where somebody else changed the user meanwhile, nothing is changed.
/// </summary>
internal static class ChangeUser
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Users + "/{id:guid}", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));

    /// <param name="openAdministrators">How many may sign in, this one included.</param>
    /// <returns>What to tell the person, or null where the change may be made.</returns>
    internal static string? WhyNot(User user, int seen, Role? role, bool disabled, int openAdministrators) =>
        role is null ? "Choose viewer, marketer or admin."
        : user.Version != seen
            ? $"Somebody else has just changed “{user.Name}”. Nothing was changed: look, and save again if you still want to."
        : user is { Role: "admin", Disabled: false } && (role != Role.Admin || disabled) && openAdministrators < 2
            ? "This is the last administrator: make another one first."
        : null;

    private static async Task<IResult> HandleAsync(Guid id, HttpContext context, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var role = Roles.Parse(Field.Of(form, "role", 20));
        var disabled = form.ContainsKey("closed");
        _ = int.TryParse(Field.Of(form, "version", 12), out var seen);
        var page = $"{Paths.Users}/{id}";

        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ConsoleDatabase.LockChanges, null, ct);
        var user = await work.QuerySingleOrDefaultAsync<User>($"select {User.Columns} from users where id = @id", new { id }, ct);
        if (user is null)
            return Forms.Failed(context, Paths.Users, "There is no such user.");
        var administrators = await work.QuerySingleAsync<int>(
            "select count(*)::int from users where role = 'admin' and not disabled",
            null,
            ct
        );
        if (WhyNot(user, seen, role, disabled, administrators) is { } why)
            return Forms.Failed(context, page, why);
        var password = form.ContainsKey("reset") && user.External is null ? Password.Create() : null;
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(
            """
            update users set role = @Role, disabled = @Disabled, version = version + 1,
                password_hash = coalesce(@Hash, password_hash),
                stamp = case when @EndSessions then @Stamp else stamp end,
                wrong_passwords = case when @Hash::text is null then wrong_passwords else 0 end,
                locked_until = case when @Hash::text is null then locked_until end
            where id = @Id
            """,
            new
            {
                Id = id,
                Role = Roles.NameOf(role!.Value),
                Disabled = disabled,
                Hash = password is null ? null : Password.Hash(password),
                EndSessions = password is not null || disabled,
                Stamp = Guid.CreateVersion7(now),
            },
            ct
        );
        var detail =
            $"{Describe(user.Role, user.Disabled)} → {Describe(Roles.NameOf(role.Value), disabled)}{(password is null ? "" : ", new password")}";
        await AuditLog.AppendAsync(work, new AuditEntry(context.User.NameOfUser(), "user.change", user.Name, detail), now, ct);
        await work.CommitAsync(ct);
        return password is null
            ? Forms.Done(context, Paths.Users, $"“{user.Name}” is changed.")
            : new RazorComponentResult<PasswordMade>(new { user.Name, Password = password });
    }

    private static string Describe(string role, bool disabled) => role + (disabled ? ", closed" : ", open");
}
