using Xunit;

namespace MarketingPlatform.Console.Tests.Ads;

public sealed class CreativesPageTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_marketer_begins_a_test_sees_the_loser_paused_with_its_reason_and_shows_it_again()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("creative", await platform.MakesUserAsync("creative", "marketer"));
        await page.GotoAsync("/console/ads/creatives");
        await page.GetByLabel("Name").FillAsync("Faces of spring");
        await page.GetByLabel("Channel").FillAsync("social");
        await page.GetByLabel("Campaign").FillAsync("faces");
        await page.GetByLabel("Creatives, separated by commas").FillAsync("photo, film");
        await page.Button("Begin").ClickAsync();
        await page.GetByText("Began Faces of spring.").WaitForAsync();
        Assert.Contains("No row of its creatives has come yet", await page.ReadsAsync(), StringComparison.Ordinal);

        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await platform.SendAsync(
            HttpMethod.Post,
            "/api/v1/ads/performance",
            RunningPlatform.AdminKey,
            new { rows = new[] { Row("photo", 300), Row("film", 900) } }
        );
        await page.GotoAsync("/console/ads/creatives");
        var text = await page.ReadsAsync();
        Assert.Contains("of 'film'", text, StringComparison.Ordinal);
        Assert.Contains("paused", text, StringComparison.Ordinal);

        await page.Button("Show again").ClickAsync();
        await page.GetByText("photo is shown again.").WaitForAsync();
        Assert.Contains("Resumed by hand", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.Button("End this test").ClickAsync();
        await page.GetByText("Ended. Its decisions stay.").WaitForAsync();
        Assert.Equal(0, await page.Button("End this test").CountAsync());

        object Row(string creative, int clicks) =>
            new
            {
                date = today,
                channel = "social",
                campaign = "faces",
                segment = "new",
                creative,
                spend = 20,
                impressions = 30_000,
                clicks,
                conversions = 3,
                value = 90,
            };
    }
}
