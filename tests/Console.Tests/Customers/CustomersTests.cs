using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Customers;

public sealed class CustomersTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_customer_is_found_and_the_timeline_and_the_mail_are_read()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/customers");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("ada");
        await page.Button("Search").ClickAsync();
        await page.Link("Ada Lovelace").ClickAsync();
        await page.ArrivesAtAsync("**/console/customers/*");

        var read = await page.ReadsAsync();
        Assert.Contains("ada.lovelace@shop.example", read, StringComparison.Ordinal);
        Assert.Contains("Marketing mail was allowed for the first time.", read, StringComparison.Ordinal);
        Assert.Contains(
            "Product Viewed",
            await page.GetByRole(AriaRole.Region, new() { Name = "Timeline" }).InnerTextAsync(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "granted",
            await page.GetByRole(AriaRole.Region, new() { Name = "Consent" }).InnerTextAsync(),
            StringComparison.Ordinal
        );

        // A decision that led to no mail leads to its story instead.
        await page.GetByRole(AriaRole.Region, new() { Name = "Mail, and why" })
            .Locator("a[href*='/console/mail/']")
            .Filter(new() { HasText = "Welcome" })
            .First.ClickAsync();
        await page.ArrivesAtAsync("**/console/mail/*");
        Assert.Contains("Tea & Co", await page.FrameLocator("iframe").Locator("body").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segments_members_lead_to_their_profiles()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/segments");
        await page.Link("New").First.ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Members" }).GetByRole(AriaRole.Link).First.ClickAsync();

        await page.ArrivesAtAsync("**/console/customers/*");
    }
}
