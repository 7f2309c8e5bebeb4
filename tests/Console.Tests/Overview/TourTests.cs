using MarketingPlatform.Console.Overview;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace MarketingPlatform.Console.Tests.Overview;

public sealed class TourTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task The_tour_ticks_off_what_the_platform_saw_until_its_reader_has_seen_enough()
    {
        var password = await platform.MakesUserAsync("newcomer", "viewer");
        await platform.ExecuteAsync("console", "update users set tour_dismissed = false where name = 'newcomer'", null);
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("newcomer", password);
        Assert.Contains("the first mail is out", await page.ReadsAsync(), StringComparison.Ordinal);

        await page.Button("Do not show this again").ClickAsync();
        await page.WaitForLoadStateAsync();

        await page.GotoAsync("/");
        Assert.DoesNotContain("the first mail is out", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_platform_says_on_every_page_what_to_do_next()
    {
        await using var console = await ConsoleAlone.StartAsync(door =>
            door.MapGet(
                "/api/{**rest}",
                () =>
                    Microsoft.AspNetCore.Http.Results.Json(
                        new
                        {
                            items = Array.Empty<object>(),
                            days = Array.Empty<object>(),
                            automations = Array.Empty<object>(),
                            customers = 0,
                        }
                    )
            )
        );
        await console.SignInAsync();

        Assert.Contains("From empty to the first mail", (await console.ReadAsync("/")).Text, StringComparison.Ordinal);
        Assert.Contains("Nobody has been seen yet", (await console.ReadAsync("/console/customers")).Text, StringComparison.Ordinal);
        Assert.Contains("All segments are empty", (await console.ReadAsync("/console/segments")).Text, StringComparison.Ordinal);
        Assert.Contains("No automation has run yet", (await console.ReadAsync("/console/mail")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, false, false, false)]
    [InlineData(0, 0, 0, false, false, false)]
    [InlineData(5, 0, 0, true, false, false)]
    [InlineData(5, 3, 1, true, true, true)]
    public void A_step_is_done_when_the_platforms_figures_say_so(
        int? customers,
        int? scored,
        int? mails,
        bool first,
        bool second,
        bool third
    ) => Assert.Equal(new TourState(first, second, third), TourState.Of(customers, scored, mails));
}
