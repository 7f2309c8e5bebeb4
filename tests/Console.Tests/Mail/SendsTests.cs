using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Console.Tests.Mail;

public sealed class SendsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_marketer_pauses_resumes_and_cancels_a_send_and_a_viewer_only_looks()
    {
        var send = await platform.SendsLaterAsync("autumn-teas");
        var marketer = await browser.OpenAsync(platform.Door);
        await marketer.SignsInAsync("sender", await platform.MakesUserAsync("sender", "marketer"));
        await marketer.GotoAsync("/console/mail/sends");
        await marketer.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Autumn teas" }).First.ClickAsync();
        await marketer.ArrivesAtAsync($"**/console/mail/sends/{send}");

        await marketer.Button("Pause").ClickAsync();
        await marketer.GetByText("the rest waits").WaitForAsync();
        Assert.Equal("paused", await StatusAsync(send));
        await marketer.Button("Resume").ClickAsync();
        await marketer.GetByText("It goes on where it was.").WaitForAsync();
        Assert.Equal("sending", await StatusAsync(send));
        await marketer.GetByText("Cancel …").ClickAsync();
        await marketer.Button("Cancel the send").ClickAsync();
        await marketer.GetByText("the rest never will").WaitForAsync();
        Assert.Equal("cancelled", await StatusAsync(send));

        var second = await platform.SendsLaterAsync("winter-teas");
        var viewer = await browser.OpenAsync(platform.Door);
        await viewer.SignsInAsync("looker", await platform.MakesUserAsync("looker", "viewer"));
        await viewer.GotoAsync($"/console/mail/sends/{second}");
        await viewer.GetByText("Winter teas").First.WaitForAsync();
        Assert.Equal(0, await viewer.Button("Pause").CountAsync());
    }

    [Fact]
    public async Task Routes_show_what_their_limits_leave_and_no_address_is_shown()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();

        await page.GotoAsync("/console/mail/routes");

        var text = await page.ReadsAsync();
        Assert.Contains("folder", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@example.com", text, StringComparison.Ordinal);
    }

    private async Task<string> StatusAsync(string send) => (await platform.GetAsync($"/api/v1/sends/{send}"))["status"]!.ToString();
}
