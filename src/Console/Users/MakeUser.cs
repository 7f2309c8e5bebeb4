using System.Text.RegularExpressions;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Console.Users;

/// <summary><c>POST /console/users</c>: somebody more may sign in; the password is made here and shown once.</summary>
internal static partial class MakeUser
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Users, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));

    /// <returns>What to correct, or null.</returns>
    internal static string? WhyNot(string name, string role) =>
        !NamePattern().IsMatch(name) ? "A name has 2 to 100 letters, digits, dots, dashes, underscores or @."
        : Roles.Parse(role) is null ? "Choose viewer, marketer or admin."
        : null;

    private static async Task<IResult> HandleAsync(HttpContext context, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var (name, role) = (Field.Of(form, "name", 200).ToLowerInvariant(), Field.Of(form, "role", 20));
        if (WhyNot(name, role) is { } why)
            return Forms.Failed(context, Paths.Users, why);
        var now = clock.GetUtcNow();
        var password = Password.Create();
        await using var work = await database.BeginAsync(ct);
        var made = await work.ExecuteAsync(
            """
            insert into users (id, name, role, password_hash, stamp, created_at) values (@Id, @Name, @Role, @Hash, @Stamp, @Now)
            on conflict (name) do nothing
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                Name = name,
                Role = role,
                Hash = Password.Hash(password),
                Stamp = Guid.CreateVersion7(now),
                Now = now,
            },
            ct
        );
        if (made == 0)
            return Forms.Failed(context, Paths.Users, $"There is a user “{name}” already.");
        await AuditLog.AppendAsync(work, new AuditEntry(context.User.NameOfUser(), "user.create", name, $"nobody → {role}"), now, ct);
        await work.CommitAsync(ct);
        return new RazorComponentResult<PasswordMade>(new { Name = name, Password = password });
    }

    [GeneratedRegex(@"^[\p{L}\p{N}._@+-]{2,100}$")]
    private static partial Regex NamePattern();
}
