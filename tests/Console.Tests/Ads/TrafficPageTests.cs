using Xunit;

namespace MarketingPlatform.Console.Tests.Ads;

public sealed class TrafficPageTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task Visits_are_shown_gross_and_net_with_the_orders_that_followed_and_hold_outs_with_what_they_found()
    {
        var now = TimeProvider.System.GetUtcNow();
        object[] calls =
        [
            Page(now.AddMinutes(-30)),
            Page(now.AddMinutes(-28)),
            new
            {
                type = "track",
                messageId = "traffic-order",
                userId = "u-1",
                timestamp = now.AddMinutes(-5),
                @event = "Order Completed",
                properties = new
                {
                    order_id = "traffic-order",
                    total = 77.5,
                    currency = "EUR",
                    products = new[]
                    {
                        new
                        {
                            product_id = "p1",
                            price = 77.5,
                            quantity = 1,
                        },
                    },
                },
            },
        ];
        await platform.SendAsync(HttpMethod.Post, "/v1/batch", RunningPlatform.AdminKey, new { batch = calls });
        await platform.SendAsync(
            HttpMethod.Post,
            "/api/v1/ads/hold-outs",
            RunningPlatform.AdminKey,
            new
            {
                name = "Six regions",
                channel = "search",
                regions = new[] { "a", "b", "c", "d", "e", "f" },
                startsOn = "2026-01-01",
                endsOn = "2026-01-14",
            }
        );
        await RunningPlatform.EventuallyAsync(
            "the order is joined to the click",
            async () =>
                (await platform.GetAsync("/api/v1/ads/traffic"))["items"]!
                    .AsArray()
                    .Any(t => (string?)t!["campaign"] == "brand" && (long)t["orders"]! == 1)
        );
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("analyst", await platform.MakesUserAsync("analyst", "viewer"));
        await page.GotoAsync("/console/ads");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Traffic and attribution" }).ClickAsync();
        await page.GetByText("Visits and orders").First.WaitForAsync();

        var text = await page.ReadsAsync();
        Assert.Contains("search / brand", text, StringComparison.Ordinal);
        Assert.Contains("1 repeated ids", text, StringComparison.Ordinal);
        Assert.Contains("77.50", text, StringComparison.Ordinal);
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Hold-outs" }).ClickAsync();
        await page.GetByText("By region").First.WaitForAsync();
        Assert.Contains("There are not enough days of its regions yet", await page.ReadsAsync(), StringComparison.Ordinal);

        static object Page(DateTimeOffset at) =>
            new
            {
                type = "page",
                messageId = Guid.CreateVersion7().ToString(),
                userId = "u-1",
                timestamp = at,
                context = new { page = new { search = "?gclid=traffic-1&utm_source=google&utm_medium=cpc&utm_campaign=brand" } },
            };
    }
}
