using System.Globalization;
using MarketingPlatform.Console.Ads;
using Xunit;

namespace MarketingPlatform.Console.Tests.Ads;

public sealed class AdsPageTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_marketer_divides_a_budget_and_sees_each_move_explained_with_its_curve()
    {
        await platform.AdvertisesAsync();
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("media-buyer", await platform.MakesUserAsync("media-buyer", "marketer"));
        await page.Link("Advertising").ClickAsync();

        await page.GetByLabel("Total").FillAsync("240.50");
        await page.Button("Divide").ClickAsync();
        await page.GetByText("Divided 240.50 EUR for").WaitForAsync();

        var newest = (await platform.GetAsync("/api/v1/ads/budget/allocations?limit=1"))["items"]![0]!;
        Assert.Equal(240.5m, (decimal)newest["total"]!);
        var text = await page.ReadsAsync();
        foreach (var cell in newest["cells"]!.AsArray())
        {
            Assert.Contains(((decimal)cell!["amount"]!).ToString("N2", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
            Assert.Contains(cell["explanation"]!.ToString(), text, StringComparison.Ordinal);
        }
        await page.Locator("[data-drawn] svg").First.WaitForAsync();
        Assert.Equal(newest["cells"]!.AsArray().Count, await page.Locator("[data-drawn]").CountAsync());
        Assert.Equal(
            "240.50 EUR",
            await platform.QueryAsync<string>(
                "console",
                "select detail from audit_log where action = 'ads.allocate' and user_name = 'media-buyer'",
                null
            )
        );
    }

    [Fact]
    public async Task A_marketer_sets_what_a_cell_may_get_at_most_and_finds_it_kept()
    {
        await platform.AdvertisesAsync();
        await platform.SendAsync(HttpMethod.Post, "/api/v1/ads/budget/allocate", RunningPlatform.AdminKey, new { total = 100 });
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("limiter", await platform.MakesUserAsync("limiter", "marketer"));
        await page.GotoAsync("/console/ads");

        await page.GetByText("Limits and caution").ClickAsync();
        var cells = (await platform.GetAsync("/api/v1/ads/budget/allocations?limit=1"))["items"]![0]!["cells"]!.AsArray();
        var last = page.Locator("tr:has(input[name=of][value=cell]) input[name=maximum]").Last;
        await last.FillAsync("1.25");
        await page.Locator("select[name=caution]").SelectOptionAsync("2");
        await page.GetByLabel("Total").FillAsync("120");
        await page.Button("Divide").ClickAsync();
        await page.GetByText("Divided 120.00 EUR for").WaitForAsync();

        var newest = (await platform.GetAsync("/api/v1/ads/budget/allocations?limit=1"))["items"]![0]!;
        Assert.Equal((2, 1.25m), ((int)newest["caution"]!, (decimal)newest["limits"]![0]!["maximum"]!));
        Assert.Contains(newest["cells"]!.AsArray(), cell => (decimal)cell!["amount"]! == 1.25m);
        Assert.Contains("1.25 EUR is its maximum", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Equal("1.25", await last.InputValueAsync());
        Assert.Equal(cells.Count, await page.Locator("input[name=of][value=cell]").CountAsync());
    }

    [Fact]
    public async Task A_marketer_sets_what_a_channel_may_get_at_most_and_reads_that_it_is_held_by_it()
    {
        await platform.AdvertisesAsync();
        await platform.SendAsync(HttpMethod.Post, "/api/v1/ads/budget/allocate", RunningPlatform.AdminKey, new { total = 100 });
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("channel-limiter", await platform.MakesUserAsync("channel-limiter", "marketer"));
        await page.GotoAsync("/console/ads");

        await page.GetByText("Limits and caution").ClickAsync();
        var most = page.GetByLabel("At most to All of social");
        await most.FillAsync("3.50");
        await page.GetByLabel("Total").FillAsync("130");
        await page.Button("Divide").ClickAsync();
        await page.GetByText("Divided 130.00 EUR for").WaitForAsync();

        var newest = (await platform.GetAsync("/api/v1/ads/budget/allocations?limit=1"))["items"]![0]!;
        var social = newest["cells"]!.AsArray().Where(cell => (string?)cell!["channel"] == "social").ToArray();
        Assert.True(social.Length > 1);
        Assert.Equal(3.5m, social.Sum(cell => (decimal)cell!["amount"]!));
        Assert.Contains(
            "the channel is held by its maximum of 3.50 EUR over all its cells",
            await page.ReadsAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal("3.5", await most.InputValueAsync());
    }

    [Fact]
    public async Task A_marketer_sets_a_budget_for_several_days_divides_a_day_of_it_changes_and_ends_it()
    {
        await platform.AdvertisesAsync();
        // Far enough away that nobody else divides these days.
        var first = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(40);
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("period-planner", await platform.MakesUserAsync("period-planner", "marketer"));
        await page.GotoAsync("/console/ads");
        var form = page.Locator("form[action='/console/ads/periods']");
        await form.Locator("input[name=name]").FillAsync("Autumn");
        await form.Locator("input[name=total]").FillAsync("900");
        await form.Locator("input[name=firstDay]").FillAsync($"{first:yyyy-MM-dd}");
        await form.Locator("input[name=lastDay]").FillAsync($"{first.AddDays(9):yyyy-MM-dd}");
        await page.Button("Set the budget").ClickAsync();
        await page.GetByText($"Set 900.00 EUR for {first:yyyy-MM-dd}").WaitForAsync();
        var period = (await platform.GetAsync("/api/v1/ads/budget/periods"))["items"]![0]!;
        var text = await page.ReadsAsync();
        Assert.Contains(period["sentence"]!.ToString(), text, StringComparison.Ordinal);
        Assert.Contains("0.00 of 900.00 EUR spent", text, StringComparison.Ordinal);
        Assert.Contains("Not begun.", text, StringComparison.Ordinal);

        await page.GetByLabel("Total").FillAsync("");
        await page.Locator("form[action='/console/ads/allocate'] input[name=date]").FillAsync($"{first:yyyy-MM-dd}");
        await page.Button("Divide").ClickAsync();
        var day = ((decimal)period["days"]![0]!["amount"]!).ToString("N2", CultureInfo.InvariantCulture);
        await page.GetByText($"Divided {day} EUR for {first:yyyy-MM-dd}").WaitForAsync();
        Assert.Contains("The total is the day's part of 'Autumn'", await page.ReadsAsync(), StringComparison.Ordinal);

        var change = page.Locator($"form[action='/console/ads/periods/{period["id"]}']");
        await change.Locator("input[name=total]").FillAsync("1200");
        await change.Locator("button[value=change]").ClickAsync();
        await page.GetByText("Changed Autumn: 1,200.00 EUR are left.").WaitForAsync();
        await change.Locator("button[value=end]").ClickAsync();
        await page.GetByText("Ended Autumn").WaitForAsync();
        var ended = (await platform.GetAsync($"/api/v1/ads/budget/periods/{period["id"]}"))!;
        Assert.Equal(("ended", 1_200m), ((string?)ended["state"], (decimal)ended["total"]!));
        Assert.Equal(
            3,
            await platform.QueryAsync<int>(
                "console",
                "select count(*)::int from audit_log where action like 'ads.period.%' and user_name = 'period-planner'",
                null
            )
        );
    }

    [Fact]
    public async Task What_if_shows_what_other_budgets_would_return_and_says_what_a_bad_one_lacks()
    {
        await platform.AdvertisesAsync();
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("planner", await platform.MakesUserAsync("planner", "viewer"));
        await page.GotoAsync("/console/ads");
        Assert.Equal(0, await page.Button("Divide").CountAsync());

        await page.GetByLabel("Budgets a day").FillAsync("50,400");
        await page.Button("Ask").ClickAsync();
        await page.ArrivesAtAsync("**totals=50**");
        var answer = await platform.GetAsync("/api/v1/ads/budget/what-if?totals=50,400");
        var text = await page.ReadsAsync();
        foreach (var one in answer["possibilities"]!.AsArray())
            Assert.Contains(((double)one!["expectedReturn"]!).ToString("N2", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);

        await page.GotoAsync("/console/ads?totals=-5");
        Assert.Contains("Give 1 to 20 amounts above 0", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_looks_wrong_is_asked_about_and_counts_once_it_is_said_to_be_right()
    {
        await platform.AdvertisesAsync();
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var lie = new
        {
            date = today.AddDays(-20),
            channel = "social",
            segment = "new",
            spend = 4_321,
            impressions = 5_000,
            clicks = 200,
            conversions = 4,
        };
        await platform.SendAsync(HttpMethod.Post, "/api/v1/ads/performance", RunningPlatform.AdminKey, new { rows = new[] { lie } });
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("checker", await platform.MakesUserAsync("checker", "marketer"));
        await page.GotoAsync("/console/ads");
        Assert.Contains("spend 4321 is far above", await page.ReadsAsync(), StringComparison.Ordinal);

        await page.Button("It is right").First.ClickAsync();
        await page.GetByText("Released.").WaitForAsync();

        Assert.DoesNotContain("spend 4321", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Contains(
            (await platform.GetAsync("/api/v1/ads/performance?limit=200"))["items"]!.AsArray(),
            row => (decimal)row!["spend"]! == 4_321
        );
    }

    [Fact]
    public void A_curve_rises_through_the_expected_return_and_its_spread_is_that_of_the_beliefs()
    {
        // One curve: 4 conversions a day at most, known as well as from 4 conversions in a day; half of them at 10.
        var cell = new AllocatedCell("social", null, "lapsed", 10, null, 20, 1, 10, [new(10, 1, 0.999, 4, 1)], 4, 10, "");

        var curve = DrawnCurve.Of(cell);

        Assert.Equal((21, "0.00", "10.00", "20.00"), (curve.Spends.Count, curve.Spends[0], curve.Spends[10], curve.Spends[20]));
        Assert.Equal((0m, 20m, 26.67m), (curve.Expected[0], curve.Expected[10], curve.Expected[20]));
        // A gamma of shape 4 has a standard deviation of half its mean.
        Assert.Equal((10m, 30m), (curve.Low[10], curve.High[10]));
    }

    [Theory]
    [InlineData("-3", "", "total")]
    [InlineData("1e3", "", "total")]
    [InlineData("10", "2026-02-30", "day")]
    public void What_cannot_be_read_is_named(string total, string date, string what) =>
        Assert.Contains(what, AllocateBudget.Read(total, "EUR", date).Trouble, StringComparison.Ordinal);
}
