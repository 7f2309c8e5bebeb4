using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Recommendations;

public sealed class RecommendationsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_placement_is_tried_for_a_customer_and_tells_its_reasons()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/recommendations");
        await page.GetByLabel("Customer", new() { Exact = true }).FillAsync("ada.lovelace@shop.example");
        await page.Button("Show").ClickAsync();

        await page.GetByRole(AriaRole.Group, new() { Name = "Recommended products" }).GetByRole(AriaRole.Row).Nth(1).WaitForAsync();
        var read = await page.ReadsAsync();
        Assert.Contains("Ada Lovelace would be shown these at for-you", read, StringComparison.Ordinal);
        Assert.Matches("Because you|Popular in our shop|From our range", read);

        await page.GetByLabel("Customer", new() { Exact = true }).FillAsync("nobody-fits-this");
        await page.Button("Show").ClickAsync();
        await page.GetByText("No customer fits.").WaitForAsync();
    }

    [Fact]
    public async Task A_product_is_found_in_the_catalogue()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/recommendations/catalogue");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("jasmine");
        await page.Button("Search").ClickAsync();
        await page.ArrivesAtAsync("**/catalogue?search=jasmine");

        var read = await page.ReadsAsync();
        Assert.Contains("Jasmine pearls", read, StringComparison.Ordinal);
        Assert.DoesNotContain("Earl Grey", read, StringComparison.Ordinal);
    }
}
