using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using Microsoft.AspNetCore.Authentication;

namespace MarketingPlatform.Console.Users;

/// <summary><c>POST /console/account/password</c>: one's own, with the one before. Other sessions of the same person end.</summary>
internal static class ChangePassword
{
    public const string Path = Paths.Account + "/password";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer));

    private static async Task<IResult> HandleAsync(HttpContext context, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var (before, wanted) = (form["before"].ToString(), form["password"].ToString());
        if (!Password.IsAcceptable(wanted))
            return Forms.Failed(context, Paths.Account, Password.Rule);
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(ct);
        var user = await work.QuerySingleAsync<User>(
            $"select {User.Columns} from users where id = @Id for update",
            new { Id = context.User.IdOf() },
            ct
        );
        if (before.Length > Password.MaxLength || !Password.Verify(user.PasswordHash, before))
            return Forms.Failed(context, Paths.Account, "The present password is wrong. Nothing was changed.");
        var changed = user with { Stamp = Guid.CreateVersion7(now) };
        await work.ExecuteAsync(
            "update users set password_hash = @Hash, stamp = @Stamp where id = @Id",
            new
            {
                user.Id,
                Hash = Password.Hash(wanted),
                changed.Stamp,
            },
            ct
        );
        await AuditLog.AppendAsync(work, new AuditEntry(user.Name, "user.password", user.Name, "changed by its owner"), now, ct);
        await work.CommitAsync(ct);
        await context.SignInAsync(ConsoleAuthentication.Scheme, ConsoleAuthentication.PrincipalOf(changed));
        return Forms.Done(context, Paths.Account, "Your password is changed. Your other sessions have ended.");
    }
}
