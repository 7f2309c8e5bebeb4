using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.SignIn;

/// <summary>What a name and a password lead to.</summary>
internal enum SignInOutcome
{
    Welcome,
    Wrong,
    Locked,
}

/// <param name="WrongPasswords">In a row, from now on.</param>
/// <param name="LockedUntil">From now on; null where the name is open.</param>
internal sealed record SignInDecision(SignInOutcome Outcome, int WrongPasswords, DateTimeOffset? LockedUntil);

/// <summary>
/// <c>POST /console/sign-in</c>. Guesses at one name wait for each other, so that many at once count as many. A name that nobody has is
/// answered as a wrong password is, after the same work.
/// </summary>
internal static class PostSignIn
{
    public static void Map(IEndpointRouteBuilder root) => root.MapForm(Paths.SignIn, HandleAsync).AllowAnonymous();

    internal static SignInDecision Decide(User? user, bool isRight, ConsoleOptions options, DateTimeOffset now)
    {
        if (user is null or { Disabled: true } or { PasswordHash: null })
            return new(SignInOutcome.Wrong, 0, null);
        if (user.LockedUntil > now)
            return new(SignInOutcome.Locked, user.WrongPasswords, user.LockedUntil);
        if (isRight)
            return new(SignInOutcome.Welcome, 0, null);
        var wrong = user.WrongPasswords + 1;
        return wrong >= options.WrongPasswords
            ? new(SignInOutcome.Locked, 0, now + options.LockFor)
            : new(SignInOutcome.Wrong, wrong, null);
    }

    private static async Task<IResult> HandleAsync(
        HttpContext context,
        ConsoleDatabase database,
        IOptions<ConsoleOptions> options,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var name = Field.Of(form, "name", 200);
        var returnUrl = ReturnAddress.Check(form["returnUrl"]);
        var (decision, user) = await TryAsync(database, name, form["password"].ToString(), options.Value, clock, ct);
        if (decision.Outcome == SignInOutcome.Welcome)
        {
            await context.SignInAsync(ConsoleAuthentication.Scheme, ConsoleAuthentication.PrincipalOf(user!));
            return TypedResults.LocalRedirect(returnUrl);
        }
        var failed = decision.Outcome == SignInOutcome.Locked ? "locked" : "wrong";
        return TypedResults.LocalRedirect(Paths.SignIn + PlatformApi.Query(("failed", failed), ("returnUrl", returnUrl)));
    }

    private static async Task<(SignInDecision, User?)> TryAsync(
        ConsoleDatabase database,
        string name,
        string password,
        ConsoleOptions options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        var user = await work.QuerySingleOrDefaultAsync<User>(
            $"select {User.Columns} from users where name = lower(@name) for update",
            new { name },
            ct
        );
        var isRight = password.Length <= Password.MaxLength && Password.Verify(user?.PasswordHash, password);
        var now = clock.GetUtcNow();
        var decision = Decide(user, isRight, options, now);
        if (user is null)
            return (decision, null);
        await work.ExecuteAsync(
            """
            update users set wrong_passwords = @WrongPasswords, locked_until = @LockedUntil,
                signed_in_at = case when @Welcome then @Now else signed_in_at end
            where id = @Id
            """,
            new
            {
                user.Id,
                decision.WrongPasswords,
                decision.LockedUntil,
                Welcome = decision.Outcome == SignInOutcome.Welcome,
                Now = now,
            },
            ct
        );
        if (decision.Outcome == SignInOutcome.Locked && user.LockedUntil != decision.LockedUntil)
            await AuditLog.AppendAsync(
                work,
                new AuditEntry(user.Name, "sign-in.lock", user.Name, $"{options.WrongPasswords} wrong passwords in a row"),
                now,
                ct
            );
        await work.CommitAsync(ct);
        return (decision, user);
    }
}
