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
    public async Task Two_customers_who_were_made_one_are_taken_apart_after_the_effect_was_shown()
    {
        await platform.CollectAsync("/v1/identify", new { userId = "torn", traits = new { firstName = "Torn" } });
        var customer = await IdOf("torn");
        var other = await platform.MergesAsync(customer);
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync($"/console/customers/{customer}");
        Assert.Contains("Became one with another customer", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Region, new() { Name = "Made of several" }).GetByRole(AriaRole.Link).ClickAsync();
        Assert.Contains("Every service follows", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.Button("Take them apart").ClickAsync();

        await page.GetByText("The two are customers of their own again.").WaitForAsync();
        Assert.Equal("Second", (await platform.GetAsync($"/api/v1/customers/{other}"))["firstName"]!.ToString());
        Assert.Contains("Was taken apart from another customer", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_is_told_what_is_kept_and_forgotten()
    {
        await platform.CollectAsync("/v1/identify", new { userId = "shy", traits = new { firstName = "Shy" } });
        var customer = await IdOf("shy");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync($"/console/customers/{customer}");
        await page.Link("Privacy").ClickAsync();
        await page.Button("Gather everything").ClickAsync();
        await page.GetByText("The services gather what they keep.").WaitForAsync();
        await RunningPlatform.EventuallyAsync(
            "the export is complete",
            async () =>
            {
                await page.ReloadAsync();
                return await page.Link("Fetch the file").CountAsync() > 0;
            }
        );
        var fetching = page.WaitForDownloadAsync();
        await page.Link("Fetch the file").First.ClickAsync();
        await using (var file = await (await fetching).CreateReadStreamAsync())
        using (var reader = new StreamReader(file))
            Assert.Contains("Shy", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await page.GotoAsync($"/console/customers/{customer}/privacy");
        await page.Button("Forget this person").ClickAsync();
        await page.GetByText("The person is forgotten here at once").WaitForAsync();
        Assert.Contains("Forget a person", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Empty((await platform.GetAsync("/api/v1/customers?userId=shy"))["items"]!.AsArray());
        await page.GotoAsync("/console/audit");
        var log = await page.ReadsAsync();
        Assert.Contains("customer.erasure", log, StringComparison.Ordinal);
        Assert.DoesNotContain(customer, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_the_data_is_shown_with_its_reason()
    {
        await platform.CollectAsync("/v1/batch", new { batch = new[] { new { type = "dance", userId = "clumsy" } } });
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/customers");
        await page.Link("Data quality and refused calls").ClickAsync();

        var read = await page.ReadsAsync();
        Assert.Contains("'type' must be one of", read, StringComparison.Ordinal);
        Assert.Contains("E-mail address", read, StringComparison.Ordinal);
    }

    private async Task<string> IdOf(string user) =>
        (await platform.GetAsync($"/api/v1/customers?userId={user}"))["items"]![0]!["id"]!.ToString();

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
