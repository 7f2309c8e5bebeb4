using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Automations;

public sealed class AutomationsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task An_automation_shows_its_steps_with_who_is_there_and_its_file()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/automations");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Welcome", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/console/automations/welcome");

        var read = await page.ReadsAsync();
        Assert.Contains("send: recommendations", read, StringComparison.Ordinal);
        Assert.Contains("trigger: {event: subscribed}", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_story_of_a_mail_tells_each_question_that_was_asked()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/customers?search=ada");
        await page.Link("Ada Lovelace").ClickAsync();
        await page.WaitForURLAsync("**/console/customers/*");
        await page.Link("Each question that was asked").ClickAsync();
        await page.WaitForURLAsync("**/decisions");

        var read = await page.ReadsAsync();
        Assert.Contains("marketing mail was allowed by", read, StringComparison.Ordinal);
        Assert.Contains("not held out", read, StringComparison.Ordinal);
    }
}
