using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.SignIn;

public sealed class SignInTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task The_first_administrator_signs_in_and_comes_to_the_page_that_was_asked_for()
    {
        var page = await browser.OpenAsync(platform.Door);

        await page.GotoAsync("/console/segments?x=1");
        Assert.Contains("/console/sign-in", page.Url, StringComparison.Ordinal);
        await page.TriesToSignInAsync("admin", RunningPlatform.AdminPassword);

        await page.ArrivesAtAsync("**/console/segments?x=1");
        Assert.Equal("Segments · MarketingPlatform", await page.TitleAsync());
    }

    [Fact]
    public async Task Wrong_passwords_lock_the_name_for_a_while_even_against_the_right_one()
    {
        var password = await platform.MakesUserAsync("locked-out", "viewer");
        var page = await browser.OpenAsync(platform.Door);
        await page.GotoAsync("/console/sign-in");

        for (var guess = 1; guess < 5; guess++)
        {
            await page.TriesToSignInAsync("locked-out", "guess number " + guess);
            Assert.Contains("The name or the password is wrong.", await page.ReadsAsync(), StringComparison.Ordinal);
        }
        await page.TriesToSignInAsync("locked-out", "guess number 5");
        Assert.Contains("this name is locked", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.TriesToSignInAsync("locked-out", password);
        Assert.Contains("this name is locked", await page.ReadsAsync(), StringComparison.Ordinal);

        // The time is over.
        await platform.ExecuteAsync(
            "console",
            "update users set locked_until = now() - interval '1 second' where name = 'locked-out'",
            null
        );
        await page.SignsInAsync("locked-out", password);
        Assert.Contains("locked-out", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_whose_user_was_closed_ends_and_leads_back_after_signing_in_again()
    {
        var password = await platform.MakesUserAsync("closed-soon", "viewer");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("closed-soon", password);
        await platform.ExecuteAsync(
            "console",
            "update users set stamp = @Stamp where name = 'closed-soon'",
            new { Stamp = Guid.CreateVersion7() }
        );

        await page.GotoAsync("/console/mail");

        Assert.Contains("Your session has ended", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.TriesToSignInAsync("closed-soon", password);
        await page.ArrivesAtAsync("**/console/mail");
    }

    [Fact]
    public async Task A_form_that_is_sent_after_the_session_ended_changes_nothing_and_leads_back_to_its_page()
    {
        var password = await platform.MakesUserAsync("late-sender", "admin");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("late-sender", password);
        await page.GotoAsync("/console/operations/keys/new");
        await page.GetByLabel("What it is for").FillAsync("never made");
        await platform.ExecuteAsync(
            "console",
            "update users set stamp = @Stamp where name = 'late-sender'",
            new { Stamp = Guid.CreateVersion7() }
        );

        await page.Button("Make the key").ClickAsync();
        await page.ArrivesAtAsync("**/console/sign-in?*");
        await page.TriesToSignInAsync("late-sender", password);

        await page.ArrivesAtAsync("**/console/operations/keys/new");
        Assert.DoesNotContain("never made", (await platform.GetAsync("/api/v1/keys?limit=200")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_signs_out_and_the_pages_are_closed()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.ArrivesAtAsync("**/console/sign-in");
        await page.GotoAsync("/console/customers");

        Assert.Contains("/console/sign-in", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_and_live_parts_are_closed_to_strangers()
    {
        foreach (
            var path in new[]
            {
                "/",
                "/console/customers",
                "/console/mail",
                "/console/operations",
                "/console/users",
                "/console/audit",
                "/console/nonsense",
            }
        )
        {
            using var answer = await platform.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(302, (int)answer.StatusCode);
            Assert.StartsWith("/console/sign-in?", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
        using var live = await platform.Http.PostAsync(
            "/_blazor/negotiate?negotiateVersion=1",
            null,
            TestContext.Current.CancellationToken
        );
        Assert.NotEqual(200, (int)live.StatusCode);
    }

    [Fact]
    public async Task A_form_without_the_token_of_our_own_page_is_refused()
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["name"] = "admin", ["password"] = RunningPlatform.AdminPassword }
        );
        using var answer = await platform.Http.PostAsync("/console/sign-in", form, TestContext.Current.CancellationToken);

        Assert.Equal(302, (int)answer.StatusCode);
        Assert.DoesNotContain(
            answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [],
            cookie => cookie.StartsWith("marketing-console=", StringComparison.Ordinal)
        );
    }
}
