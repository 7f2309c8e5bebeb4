using MarketingPlatform.Console.Users;
using Xunit;

namespace MarketingPlatform.Console.Tests.Users;

public sealed class UsersTests(RunningPlatform platform, Browser browser)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Somebody_is_added_signs_in_with_the_password_shown_once_and_changes_it()
    {
        var admin = await browser.OpenAsync(platform.Door);
        await admin.SignsInAsync();
        await admin.GotoAsync("/console/users");
        await admin.GetByLabel("Name").FillAsync("Bea");
        await admin.GetByLabel("Role").SelectOptionAsync("marketer");
        await admin.Button("Add").ClickAsync();
        var password = await admin.GetByTestId("password").InnerTextAsync();

        var bea = await browser.OpenAsync(platform.Door);
        await bea.SignsInAsync("bea", password);
        await bea.GotoAsync("/console/account");
        await bea.GetByLabel("Present password").FillAsync(password);
        await bea.GetByLabel("New password").FillAsync("green tea every morning");
        await bea.Button("Change").ClickAsync();
        await bea.GetByText("Your password is changed.").WaitForAsync();

        var again = await browser.OpenAsync(platform.Door);
        await again.SignsInAsync("BEA", "green tea every morning");
        await again.GotoAsync("/console/audit");
        Assert.Contains("user.password", await again.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_edit_the_same_user_the_slower_is_told()
    {
        await platform.MakesUserAsync("edited-twice", "viewer");
        var user = await User.FindAsync(platform.Database, "edited-twice", TestContext.Current.CancellationToken);
        var (first, second) = (await browser.OpenAsync(platform.Door), await browser.OpenAsync(platform.Door));
        await first.SignsInAsync();
        await second.SignsInAsync();
        await first.GotoAsync($"/console/users/{user!.Id}");
        await second.GotoAsync($"/console/users/{user.Id}");

        await first.GetByLabel("Role").SelectOptionAsync("marketer");
        await first.Button("Save").ClickAsync();
        await first.GetByText("“edited-twice” is changed.").WaitForAsync();
        await second.GetByLabel("Role").SelectOptionAsync("admin");
        await second.Button("Save").ClickAsync();

        await second.GetByText("Somebody else has just changed").WaitForAsync();
        Assert.Equal("marketer", (await User.FindAsync(platform.Database, user.Id, TestContext.Current.CancellationToken))!.Role);
    }

    [Fact]
    public void The_last_administrator_stays_one()
    {
        var admin = new User(
            Guid.CreateVersion7(Now),
            "ann",
            "admin",
            "hash",
            null,
            Guid.CreateVersion7(Now),
            0,
            null,
            false,
            3,
            true,
            Now,
            null
        );

        Assert.Contains(
            "last administrator",
            ChangeUser.WhyNot(admin, 3, Role.Viewer, false, openAdministrators: 1),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "last administrator",
            ChangeUser.WhyNot(admin, 3, Role.Admin, true, openAdministrators: 1),
            StringComparison.Ordinal
        );
        Assert.Null(ChangeUser.WhyNot(admin, 3, Role.Viewer, false, openAdministrators: 2));
        Assert.Null(ChangeUser.WhyNot(admin, 3, Role.Admin, false, openAdministrators: 1));
        Assert.Contains("Somebody else", ChangeUser.WhyNot(admin, 2, Role.Admin, false, openAdministrators: 2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ann", "viewer", true)]
    [InlineData("ann@shop.example", "admin", true)]
    [InlineData("a", "viewer", false)]
    [InlineData("<b>", "viewer", false)]
    [InlineData("ann", "owner", false)]
    public void A_user_has_a_plain_name_and_a_role(string name, string role, bool accepted) =>
        Assert.Equal(accepted, MakeUser.WhyNot(name, role) is null);

    [Fact]
    public void A_password_is_kept_as_a_hash_that_only_the_password_opens()
    {
        var hash = Password.Hash("correct horse battery");

        Assert.DoesNotContain("horse", hash, StringComparison.Ordinal);
        Assert.True(Password.Verify(hash, "correct horse battery"));
        Assert.False(Password.Verify(hash, "correct horse batterY"));
        Assert.False(Password.Verify(null, ""));
        Assert.NotEqual(hash, Password.Hash("correct horse battery"));
    }
}
