using MarketingPlatform.TestInfrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Shell;

/// <summary>What holds for every page: it can be used by everybody, on a phone too, and shows text from outside as text.</summary>
public sealed class PagesTests(RunningPlatform platform, Browser browser)
{
    private static readonly string[] Fixed =
    [
        "/",
        "/console/customers",
        "/console/customers?search=nobody-fits-this",
        "/console/customers/quality",
        "/console/customers/privacy",
        "/console/segments",
        "/console/segment-builder",
        "/console/recommendations",
        "/console/recommendations?placement=trending",
        "/console/recommendations/models",
        "/console/recommendations/catalogue",
        "/console/mail",
        "/console/mail/sends",
        "/console/mail/templates",
        "/console/mail/templates/welcome",
        "/console/mail/templates/default",
        "/console/mail/routes",
        "/console/chat",
        "/console/automations",
        "/console/campaigns",
        "/console/campaigns/new",
        "/console/automations/welcome",
        "/console/automation-editor",
        "/console/automation-editor?automation=welcome",
        "/console/automation-editor?name=of-my-own&from=win-back",
        "/console/automation-editor?name=welcome&from=win-back",
        "/console/ads",
        "/console/ads?totals=100,200",
        "/console/ads/creatives",
        "/console/ads/traffic",
        "/console/ads/response",
        "/console/ads/hold-outs",
        "/console/operations",
        "/console/operations/keys/new",
        "/console/settings",
        "/console/users",
        "/console/audit",
        "/console/account",
        "/console/denied",
        "/console/no-such-page",
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_no_serious_violation_on_any_page_and_each_fits_a_small_phone(ColorScheme scheme)
    {
        var page = await browser.OpenAsync(platform.Door, width: 360, height: 740, scheme: scheme);
        var found = new List<string>(await FaultsAsync(page, "/console/sign-in"));
        await page.SignsInAsync();
        foreach (var path in await EveryPageAsync())
            found.AddRange(await FaultsAsync(page, path));

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Text_from_outside_is_shown_as_text_and_runs_nothing()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        var customer = (await platform.GetAsync("/api/v1/customers?userId=hostile"))["items"]![0]!["id"]!.ToString();
        foreach (var path in new[] { "/console/customers", $"/console/customers/{customer}" })
        {
            await page.GotoAsync(path);
            Assert.NotEqual("owned", await page.TitleAsync());
            Assert.Contains("<script>", await page.ReadsAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await page.Locator("img[src=x]").CountAsync());
        }
    }

    [Fact]
    public async Task Styles_scripts_charts_and_the_live_part_work_under_the_strict_policy()
    {
        var page = await browser.OpenAsync(platform.Door);
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                complaints.Add($"{response.Status} {response.Url}");
        };
        await page.SignsInAsync();
        await page.GotoAsync("/console/segments/new");
        await page.Locator("[data-drawn] svg").First.WaitForAsync();
        await page.GotoAsync("/console/operations");
        await page.WaitForFunctionAsync("() => performance.getEntriesByType('resource').some(entry => entry.name.includes('/_blazor'))");

        Assert.NotEqual(
            "rgba(0, 0, 0, 0)",
            await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.mud-paper')).backgroundColor")
        );
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_page_can_be_used_by_keyboard_alone()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/customers");

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("search", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.TypeAsync("u-1");
        await page.Keyboard.PressAsync("Enter");
        await page.ArrivesAtAsync("**/console/customers?search=u-1");
    }

    [Fact]
    public async Task The_theme_is_the_systems_until_somebody_chooses()
    {
        var page = await browser.OpenAsync(platform.Door, scheme: ColorScheme.Dark);
        await page.SignsInAsync();
        Assert.Equal("rgb(14, 16, 32)", await BackgroundAsync());
        await page.Button("Theme: system").ClickAsync();
        await page.Button("Theme: light").WaitForAsync();
        Assert.Equal("rgb(245, 246, 250)", await BackgroundAsync());

        Task<string> BackgroundAsync() => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    /// <summary>The pictures of README.md: made here, so that they show what is there.</summary>
    [Fact]
    public async Task Pictures_of_the_five_pages_are_made_for_the_readme()
    {
        var password = await platform.MakesUserAsync("photographer", "admin");
        await platform.ParkAsync("Npgsql.NpgsqlException: the connection was closed by the server. Tried four times.");
        var ada = (await platform.GetAsync("/api/v1/customers?userId=u-1"))["items"]![0]!["id"]!.ToString();
        var mail = (await platform.GetAsync($"/api/v1/messages?customer={ada}&status=sent"))["items"]![0]!["id"]!.ToString();
        var page = await browser.OpenAsync(platform.Door, width: 1360, height: 850);
        await page.SignsInAsync("photographer", password);
        await TakeAsync(page, "overview", "/");
        await TakeAsync(page, "customer", $"/console/customers/{ada}");
        await TakeAsync(page, "segments", "/console/segments");
        await TakeAsync(page, "mail", $"/console/mail/{mail}");
        await TakeAsync(page, "operations", "/console/operations");
        var dark = await browser.OpenAsync(platform.Door, width: 1360, height: 850, scheme: ColorScheme.Dark);
        await dark.SignsInAsync("photographer", password);
        await TakeAsync(dark, "overview-dark", "/");
        var phone = await browser.OpenAsync(platform.Door, width: 390, height: 844);
        await phone.SignsInAsync("photographer", password);
        await TakeAsync(phone, "customer-phone", $"/console/customers/{ada}");
    }

    private static async Task TakeAsync(IPage page, string name, string path)
    {
        var file = Path.Combine(SourceTree.Root, "docs", "screenshots", name + ".png");
        await page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        var picture = await page.ScreenshotAsync(new PageScreenshotOptions { Path = file });
        Assert.True(picture.Length > 10_000, $"{file} shows nothing.");
    }

    private async Task<IReadOnlyList<string>> EveryPageAsync()
    {
        var customer = (await platform.GetAsync("/api/v1/customers?userId=u-1"))["items"]![0]!["id"]!.ToString();
        var hostile = (await platform.GetAsync("/api/v1/customers?userId=hostile"))["items"]![0]!["id"]!.ToString();
        // Of its own: the pictures show people whom no test changed.
        await platform.CollectAsync("/v1/identify", new { userId = "joined", traits = new { firstName = "Joined" } });
        var joined = (await platform.GetAsync("/api/v1/customers?userId=joined"))["items"]![0]!["id"]!.ToString();
        await platform.AdvertisesAsync();
        var parked = await platform.ParkAsync("Every page is looked at.");
        var key = (await platform.GetAsync("/api/v1/keys"))["items"]![0]!["id"]!.ToString();
        var user = await Console.Users.User.FindAsync(platform.Database, "admin", TestContext.Current.CancellationToken);
        return
        [
            .. Fixed,
            $"/console/customers/{customer}",
            $"/console/customers/{hostile}",
            $"/console/customers/{hostile}/privacy",
            $"/console/customers/{joined}",
            $"/console/customers/{joined}/unmerge/{await platform.MergesAsync(joined)}",
            "/console/segments/new",
            $"/console/mail/{await SentMailAsync()}",
            $"/console/mail/sends/{await platform.SendsLaterAsync("looked-at")}",
            $"/console/chat/{await ConversationAsync()}",
            $"/console/operations/messages/email/{parked}",
            $"/console/operations/keys/{key}/revoke",
            $"/console/users/{user!.Id}",
        ];
    }

    /// <summary>One that waits for a person, with text from outside in it.</summary>
    private async Task<string> ConversationAsync()
    {
        var path = "/api/v1/chat/messages";
        var first = await platform.SendAsync(HttpMethod.Post, path, RunningPlatform.AdminKey, new { text = Trade.Hostile });
        var id = first!["conversationId"]!.ToString();
        await platform.SendAsync(
            HttpMethod.Post,
            path,
            RunningPlatform.AdminKey,
            new { conversationId = id, text = "I want to talk to a human being" }
        );
        return id;
    }

    private async Task<string> SentMailAsync() => (await platform.GetAsync("/api/v1/messages?status=sent"))["items"]![0]!["id"]!.ToString();

    private static async Task<IReadOnlyList<string>> FaultsAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        return await page.FaultsAsync(360);
    }
}
