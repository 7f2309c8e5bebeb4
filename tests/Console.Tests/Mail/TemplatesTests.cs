using Xunit;

namespace MarketingPlatform.Console.Tests.Mail;

public sealed class TemplatesTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_starter_is_looked_at_replaced_and_two_who_edit_at_once_do_not_overwrite_each_other()
    {
        var first = await browser.OpenAsync(platform.Door);
        var second = await browser.OpenAsync(platform.Door);
        await first.SignsInAsync("writer-one", await platform.MakesUserAsync("writer-one", "marketer"));
        await second.SignsInAsync("writer-two", await platform.MakesUserAsync("writer-two", "marketer"));
        foreach (var page in new[] { first, second })
            await page.GotoAsync("/console/mail/templates/newsletter");
        var frame = first.FrameLocator("iframe");
        await frame.Locator("body").WaitForAsync();
        var html = await first.GetByLabel("HTML with Liquid").InputValueAsync();

        await first.GetByLabel("HTML with Liquid").FillAsync(html + "<p>Written in the console.</p>");
        await first.Button("Save").ClickAsync();
        await first.GetByText("Saved.").WaitForAsync();
        await second.GetByLabel("HTML with Liquid").FillAsync("<p>Too late.</p>");
        await second.Button("Save").ClickAsync();
        await second.GetByText("Somebody else has just saved it").WaitForAsync();

        await first.FrameLocator("iframe").GetByText("Written in the console.").WaitForAsync();
        var saved = await platform.GetAsync("/api/v1/templates/newsletter");
        Assert.Equal(("replaced", "1"), (saved["source"]!.ToString(), saved["version"]!.ToString()));
        Assert.NotNull(saved["content"]!["words"]!["de"]);
    }

    [Fact]
    public async Task Liquid_that_cannot_be_read_is_refused_with_its_reason_and_nothing_is_lost()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("breaker", await platform.MakesUserAsync("breaker", "marketer"));
        await page.GotoAsync("/console/mail/templates/receipt");

        await page.GetByLabel("HTML with Liquid").FillAsync("<p>{% if customer %}</p>");
        await page.Button("Save").ClickAsync();

        await page.GetByText("is not closed").WaitForAsync();
        Assert.Equal("starter", (await platform.GetAsync("/api/v1/templates/receipt"))["source"]!.ToString());
    }
}
