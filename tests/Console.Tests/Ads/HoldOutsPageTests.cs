using Xunit;

namespace MarketingPlatform.Console.Tests.Ads;

public sealed class HoldOutsPageTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_marketer_is_told_why_a_part_of_a_segment_cannot_be_held_out_and_a_viewer_is_not_asked()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("experimenter", await platform.MakesUserAsync("experimenter", "marketer"));
        await page.GotoAsync("/console/ads");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Hold-outs" }).ClickAsync();

        await page.GetByLabel("Name").FillAsync("Half of them");
        await page.GetByLabel("Channel").FillAsync("social");
        await page.GetByLabel("First day").FillAsync($"{today.AddDays(2):yyyy-MM-dd}");
        await page.GetByLabel("Last day").FillAsync($"{today.AddDays(29):yyyy-MM-dd}");
        await page.Button("Draw").ClickAsync();
        await page.GetByText("agreed to be in audiences for ads; the smaller part").WaitForAsync();
        Assert.Empty((await platform.GetAsync("/api/v1/ads/audience-hold-outs"))["items"]!.AsArray());

        var viewer = await browser.OpenAsync(platform.Door);
        await viewer.SignsInAsync("onlooker", await platform.MakesUserAsync("onlooker", "viewer"));
        await viewer.GotoAsync("/console/ads/hold-outs");
        Assert.Contains("No audience is held out", await viewer.ReadsAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await viewer.Button("Draw").CountAsync());
    }

    [Fact]
    public async Task The_weekly_model_says_what_it_lacks_when_it_is_asked_to_fit_too_few_weeks()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("modeller", await platform.MakesUserAsync("modeller", "marketer"));
        await page.GotoAsync("/console/ads/response");
        Assert.Contains("No weekly model yet", await page.ReadsAsync(), StringComparison.Ordinal);

        await page.Button("Fit now").ClickAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Alert).First.WaitForAsync();
        Assert.Matches("needed, two years are better|There are no orders, or there is no performance", await page.ReadsAsync());
    }
}
