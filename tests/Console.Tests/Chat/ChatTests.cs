using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Chat;

/// <summary>The chat on a plain page of another origin, the whole platform behind it, and a person at the console.</summary>
public sealed partial class ChatTests(RunningPlatform platform, Browser browser) : IAsyncLifetime
{
    private const string Address = "ada.lovelace@shop.example";
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly WebApplication site = Site();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        site.MapGet(
            "/{**path}",
            () =>
                Results.Content(
                    $"""<!doctype html><html lang="en"><title>Tea shop</title><main><h1>Tea</h1></main><script src="{platform.Door}chat.js" data-privacy="/privacy" async></script></html>""",
                    "text/html"
                )
        );
        await site.StartAsync(Ct);
        await RunningPlatform.EventuallyAsync(
            "the assistant has learnt to understand",
            async () => (await platform.GetAsync("/api/v1/chat/models"))["items"]!.AsArray().Any(model => (bool)model!["serving"]!)
        );
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_visitor_asks_proves_who_they_are_corrects_themselves_meets_a_person_goes_back_and_rates()
    {
        var ada = (await platform.GetAsync("/api/v1/customers?userId=u-1"))["items"]![0]!["id"]!.ToString();
        var other = await platform.QueryAsync<string>(
            "chatbot",
            "select min(order_id) from orders where customer_id in (select same_person(@Id::uuid)) and order_id like 'o-0-%'",
            new { Id = ada }
        );
        var page = await VisitAsync();

        await SaysAsync(page, "where is my order m-1");
        await HearsAsync(page, "Please sign in first");
        await SaysAsync(page, Address);
        await HearsAsync(page, "a code of six digits is on its way");
        await SaysAsync(page, await CodeAsync(ada));
        await HearsAsync(page, "You placed order m-1");
        await SaysAsync(page, $"no, I meant order {other}");
        await HearsAsync(page, $"You placed order {other}");

        // Nobody here knows the weather: suggestions, other words, a person.
        var waits = page.GetByText("You are waiting for a person.");
        foreach (
            var question in new[]
            {
                "what will the weather be in Berlin tomorrow",
                "who won the football match",
                "what is the capital of Australia",
            }
        )
        {
            if (await waits.IsVisibleAsync())
                break;
            await SaysAsync(page, question);
        }
        await waits.WaitForAsync();

        var agent = await browser.OpenAsync(platform.Door);
        await agent.SignsInAsync("grace", await platform.MakesUserAsync("grace", "marketer"));
        await agent.GotoAsync("/console/chat");
        // Others wait too.
        var conversation = await platform.QueryAsync<string>(
            "chatbot",
            "select conversation_id::text from messages where text = 'where is my order m-1' order by at desc limit 1",
            null
        );
        await agent.GetByRole(AriaRole.Region, new() { Name = "Inbox" }).Locator($"a[href$='{conversation}']").ClickAsync();
        await agent.GetByLabel("Your answer").FillAsync("Grace here: sunny, I hope. Anything else?");
        await agent.Button("Answer").ClickAsync();
        await HearsAsync(page, "Grace here: sunny, I hope.");
        await page.GetByText("grace answers you.").WaitForAsync();
        await SaysAsync(page, "no, thank you Grace");
        // The open page shows it by itself.
        await agent.GetByText("no, thank you Grace").First.WaitForAsync();
        await agent.Button("Hand back to the assistant").ClickAsync();

        await HearsAsync(page, "You are talking to the automatic assistant of Tea & Co again.");
        await SaysAsync(page, "hello");
        await HearsAsync(page, "I am the automatic assistant of Tea & Co", 2);
        await page.GetByRole(AriaRole.Button, new() { Name = "5 stars" }).ClickAsync();
        await page.GetByText("Thank you for your 5 stars.").WaitForAsync();

        await agent.GotoAsync("/console/chat");
        await agent.GetByText("5 ★").First.WaitForAsync();
        Assert.Contains("Answered without a person", await agent.ReadsAsync(), StringComparison.Ordinal);
        // A reader that comes again sees the conversation, and the bot has it.
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true }).ClickAsync();
        await HearsAsync(page, "Grace here: sunny, I hope.");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_no_serious_violation_in_the_chat_and_it_fits_a_phone_and_works_by_keyboard(ColorScheme scheme)
    {
        var page = await browser.OpenAsync(new Uri(site.Urls.First()), width: 360, height: 640, scheme: scheme);
        await page.GotoAsync("/");
        var launch = page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true });
        await launch.WaitForAsync();
        await launch.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var faults = new List<string>(await FaultsAsync(page));
        // The first button has the focus.
        await page.Keyboard.PressAsync("Enter");
        await HearsAsync(page, "I am the automatic assistant");
        await page.Keyboard.TypeAsync("do you have green tea");
        await page.Keyboard.PressAsync("Enter");
        await HearsAsync(page, "I found");
        faults.AddRange(await FaultsAsync(page));
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        Assert.Empty(faults);
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, 360);
    }

    [Fact]
    public async Task Before_consent_nothing_is_kept_or_sent_and_without_the_platform_the_visitor_is_told()
    {
        var page = await browser.OpenAsync(new Uri(site.Urls.First()));
        var sent = 0;
        page.Request += (_, request) => sent += request.Url.Contains("/chat/", StringComparison.Ordinal) ? 1 : 0;
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "What becomes of it" }).WaitForAsync();
        await page.Button("No, thank you").ClickAsync();
        Assert.Equal((0, (string?)null), (sent, await page.EvaluateAsync<string?>("localStorage.mpChat || null")));

        await page.RouteAsync("**/chat/**", route => route.AbortAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true }).ClickAsync();
        await page.Button("Start the chat").ClickAsync();
        await page.GetByText("The chat does not answer right now.").WaitForAsync();
    }

    private async Task<IPage> VisitAsync()
    {
        var page = await browser.OpenAsync(new Uri(site.Urls.First()));
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true }).ClickAsync();
        await page.Button("Start the chat").ClickAsync();
        await HearsAsync(page, "I am the automatic assistant of Tea & Co");
        return page;
    }

    /// <summary>Says something and waits until it was taken.</summary>
    private static async Task SaysAsync(IPage page, string text)
    {
        var taken = page.WaitForResponseAsync(response => response.Url.EndsWith("/chat/messages", StringComparison.Ordinal));
        await page.GetByLabel("Your message").FillAsync(text);
        await page.Button("Send").ClickAsync();
        Assert.Equal(200, (await taken).Status);
        await page.WaitForFunctionAsync(
            "() => !document.querySelector('#mp-chat').shadowRoot.querySelector('.status').textContent.includes('is writing')"
        );
    }

    private static Task HearsAsync(IPage page, string text, int times = 1) =>
        page.GetByRole(AriaRole.Log).GetByText(text).Nth(times - 1).WaitForAsync();

    /// <summary>As it stands in the subject of the mail.</summary>
    private async Task<string> CodeAsync(string customer)
    {
        var code = "";
        await RunningPlatform.EventuallyAsync(
            "the code is mailed",
            async () =>
            {
                var mails = (await platform.GetAsync($"/api/v1/messages?customer={customer}&status=sent&limit=50"))["items"]!.AsArray();
                code =
                    mails
                        .Select(mail => CodePattern().Match(mail!["subject"]?.ToString() ?? ""))
                        .FirstOrDefault(m => m.Success)
                        ?.Groups[1]
                        .Value
                    ?? "";
                return code.Length > 0;
            }
        );
        return code;
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        await page.EvaluateAsync(Axe);
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                .filter(violation => ['serious', 'critical'].includes(violation.impact))
                .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.html}`))
            """
        );
    }

    private static WebApplication Site()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    [GeneratedRegex(@"^(\d{6}) is your code")]
    private static partial Regex CodePattern();
}
