using System.Globalization;
using Xunit;

namespace MarketingPlatform.Console.Tests.Operations;

public sealed class OperationsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_parked_message_is_replayed_and_handled()
    {
        var parked = await platform.ParkAsync("The database was away when this came.");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/operations");
        Assert.Contains("The database was away when this came.", await page.ReadsAsync(), StringComparison.Ordinal);

        await page.GotoAsync($"/console/operations/messages/email/{parked}");
        Assert.Contains(parked.ToString(), await page.ReadsAsync(), StringComparison.Ordinal);
        await page.Button("Replay").ClickAsync();

        await page.GetByText("The message was given to Email again").WaitForAsync();
        await RunningPlatform.EventuallyAsync(
            "the message is handled",
            () => platform.QueryAsync<bool>("email", "select is_erased(@parked)", new { parked })
        );
        Assert.False(
            await platform.QueryAsync<bool>(
                "email",
                "select exists (select from platform.failed_messages where id = @parked)",
                new { parked }
            )
        );
        await page.GotoAsync("/console/audit");
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"email {parked}"), await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_shown_once_used_and_revoked_after_its_effect_was_shown()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/operations");
        await page.Link("Make a key").ClickAsync();
        await page.GetByLabel("What it is for").FillAsync("Till <b>one</b>");
        await page.GetByLabel("What it may do").SelectOptionAsync("read");
        await page.Button("Make the key").ClickAsync();
        var key = await page.GetByTestId("key").InnerTextAsync();

        Assert.StartsWith("mp_read_", key, StringComparison.Ordinal);
        await platform.SendAsync(HttpMethod.Get, "/api/v1/segments", key);

        await page.Link("I have it").ClickAsync();
        Assert.DoesNotContain(key, await page.ContentAsync(), StringComparison.Ordinal);
        await page.Link("Revoke Till <b>one</b>").ClickAsync();
        Assert.Contains("Whoever uses it is refused", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.Button("Revoke the key").ClickAsync();
        await page.GetByText("The key “Till <b>one</b>” is revoked.").WaitForAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/segments");
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await platform.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_viewer_sees_neither_keys_nor_buttons_and_is_refused_what_only_administrators_do()
    {
        var parked = await platform.ParkAsync("A viewer looks.");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("only-looks", await platform.MakesUserAsync("only-looks", "viewer"));

        await page.GotoAsync($"/console/operations/messages/email/{parked}");
        Assert.Contains("A viewer looks.", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Button("Replay").CountAsync());
        await page.GotoAsync("/console/operations");
        Assert.Contains("Only administrators see keys", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.GotoAsync("/console/users");
        Assert.Contains("Your role does not allow this", await page.ReadsAsync(), StringComparison.Ordinal);
        // A form made by hand, with a token of a page that a viewer has.
        await page.GotoAsync("/console/account");
        await page.EvaluateAsync($"document.querySelector('main form').action = '/console/operations/messages/email/{parked}/replay'");
        await page.EvaluateAsync("document.querySelector('main form').submit()");
        await page.ArrivesAtAsync("**/console/denied");
        Assert.True(
            await platform.QueryAsync<bool>(
                "email",
                "select next_attempt_at is null from platform.failed_messages where id = @parked",
                new { parked }
            )
        );
    }
}
