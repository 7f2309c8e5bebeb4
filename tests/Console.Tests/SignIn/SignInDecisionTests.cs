using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using Xunit;

namespace MarketingPlatform.Console.Tests.SignIn;

public sealed class SignInDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private static readonly ConsoleOptions Options = new();

    [Fact]
    public void The_right_password_opens_and_forgets_the_wrong_ones() =>
        Assert.Equal(new SignInDecision(SignInOutcome.Welcome, 0, null), Decide(Somebody(wrong: 4), isRight: true));

    [Fact]
    public void A_wrong_password_counts() =>
        Assert.Equal(new SignInDecision(SignInOutcome.Wrong, 3, null), Decide(Somebody(wrong: 2), isRight: false));

    [Fact]
    public void The_fifth_wrong_password_locks_for_five_minutes() =>
        Assert.Equal(new SignInDecision(SignInOutcome.Locked, 0, Now.AddMinutes(5)), Decide(Somebody(wrong: 4), isRight: false));

    [Fact]
    public void A_locked_name_is_not_opened_by_the_right_password_and_not_locked_longer_by_a_wrong_one()
    {
        var locked = Somebody(wrong: 0, until: Now.AddMinutes(1));

        Assert.All(
            [true, false],
            isRight => Assert.Equal(new SignInDecision(SignInOutcome.Locked, 0, Now.AddMinutes(1)), Decide(locked, isRight))
        );
    }

    [Fact]
    public void A_lock_ends_by_itself() =>
        Assert.Equal(SignInOutcome.Welcome, Decide(Somebody(wrong: 0, until: Now), isRight: true).Outcome);

    [Fact]
    public void Nobody_a_closed_account_and_one_without_a_password_are_answered_alike()
    {
        Assert.Equal(SignInOutcome.Wrong, Decide(null, isRight: false).Outcome);
        Assert.Equal(SignInOutcome.Wrong, Decide(Somebody(0) with { Disabled = true }, isRight: true).Outcome);
        Assert.Equal(SignInOutcome.Wrong, Decide(Somebody(0) with { PasswordHash = null }, isRight: true).Outcome);
    }

    [Theory]
    [InlineData("/console/mail", "/console/mail")]
    [InlineData("/", "/")]
    [InlineData(null, "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/console/\\evil", "/")]
    [InlineData("/consoleevil", "/")]
    [InlineData("/console/sign-in?x", "/")]
    public void One_goes_on_to_pages_of_the_console_only(string? wanted, string leadsTo) =>
        Assert.Equal(leadsTo, ReturnAddress.Check(wanted));

    [Fact]
    public void The_providers_claim_makes_the_role()
    {
        var settings = new OpenIdConnectSettings { AdminValue = "marketing-admins", MarketerValue = "marketing" };

        Assert.Equal(Role.Admin, OpenIdConnect.RoleOf(["marketing", "marketing-admins"], settings));
        Assert.Equal(Role.Marketer, OpenIdConnect.RoleOf(["marketing"], settings));
        Assert.Equal(Role.Viewer, OpenIdConnect.RoleOf(["admin"], settings));
    }

    private static SignInDecision Decide(User? user, bool isRight) => PostSignIn.Decide(user, isRight, Options, Now);

    private static User Somebody(int wrong, DateTimeOffset? until = null) =>
        new(Guid.CreateVersion7(Now), "ann", "viewer", "hash", null, Guid.CreateVersion7(Now), wrong, until, false, 1, false, Now, null);
}
