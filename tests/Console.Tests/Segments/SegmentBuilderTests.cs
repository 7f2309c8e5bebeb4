using MarketingPlatform.Console.Segments;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Segments;

public sealed class SegmentBuilderTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_rule_is_counted_while_it_is_typed_pointed_at_where_it_is_wrong_saved_and_changed()
    {
        var password = await platform.MakesUserAsync("segmenter", "marketer");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("segmenter", password);
        await page.GotoAsync("/console/segments");
        Assert.Contains("Longest ago", await page.InnerTextAsync(".rfm-grid"), StringComparison.Ordinal);
        await page.Link("Make a segment").ClickAsync();
        var preview = page.GetByTestId("preview");
        await page.Locator("[data-testid=preview][data-live]").WaitForAsync();

        var rule = page.GetByLabel("Rule", new() { Exact = true });
        await rule.FillAsync("spent > 1 in last 3650d and agee > 30");
        await preview.GetByText("There is no field 'agee'").WaitForAsync();
        Assert.Equal("agee", await preview.Locator("mark").InnerTextAsync());

        await page.GetByLabel("Meant for ads").CheckAsync();
        await rule.FillAsync("age > 30");
        await preview.GetByText("'age' is barred from segments meant for ads").WaitForAsync();

        await rule.FillAsync("spent > 1 in last 3650d");
        await preview.GetByText("customers fit now").WaitForAsync();
        await preview.GetByText("the money spent, less refunds, is more than 1 in the last 3650 days").WaitForAsync();
        Assert.True(await preview.Locator("ul a").CountAsync() > 0);
        var counted = int.Parse(await preview.Locator("strong").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

        await page.GetByLabel("Name").FillAsync("Spenders");
        await page.GetByLabel("Key, for other rules and the API").FillAsync("settings");
        await page.Button("Save the segment").ClickAsync();
        await page.GetByText("'settings' is part of an address already").WaitForAsync();
        // What was typed is still there.
        Assert.Equal("spent > 1 in last 3650d", await page.GetByLabel("Rule", new() { Exact = true }).InputValueAsync());
        await page.GetByLabel("Key, for other rules and the API").FillAsync("spenders");
        await page.Button("Save the segment").ClickAsync();
        await page.GetByText("Its members follow within seconds").WaitForAsync();
        Assert.Contains("Meant for ads.", await page.ReadsAsync(), StringComparison.Ordinal);
        await RunningPlatform.EventuallyAsync(
            "the segment is filled as it was previewed",
            async () => (int)(await platform.GetAsync("/api/v1/segments/spenders"))["size"]! == counted
        );

        await page.Link("Change the rule").ClickAsync();
        await page.Locator("[data-testid=preview][data-live]").WaitForAsync();
        await page.GetByLabel("Rule", new() { Exact = true }).FillAsync("spent > 1000000");
        await preview.GetByText("0 of").WaitForAsync();
        await page.Button("Save the segment").ClickAsync();
        await page.GetByText("Its members follow within seconds").WaitForAsync();
        Assert.Equal("spent > 1000000", (await platform.GetAsync("/api/v1/segments/spenders"))["text"]!.ToString());
        Assert.Contains("Fairness", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text: At character 12: There is no field 'x'.", "At character 12: There is no field 'x'.", 11)]
    [InlineData("Segmentation does not answer.", "Segmentation does not answer.", null)]
    [InlineData(null, null, null)]
    public void A_refusal_is_told_with_its_place(string? refusal, string? sentence, int? place) =>
        Assert.Equal((sentence, place), RuleTrouble.Of(refusal));
}
