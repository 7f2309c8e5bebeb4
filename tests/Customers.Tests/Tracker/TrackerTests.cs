using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Customers.Tracker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Tracker;

/// <summary>mp.js in a real browser, on a plain page of another origin.</summary>
public sealed class TrackerTests(Shop shop, Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly WebApplication site = Site();
    private string body = "";
    private string attributes = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        site.MapGet(
            "/{**path}",
            () =>
                Results.Content(
                    $"""<!doctype html><title>Tea shop</title><script src="{shop.Http.BaseAddress}mp.js" data-key="{Shop.PageKey}" {attributes}></script>{body}""",
                    "text/html"
                )
        );
        await site.StartAsync(Ct);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_visit_arrives_with_page_products_cart_and_who_it_was()
    {
        body = """
            <h1 data-mp-view="tea-1" data-mp-name="Green tea" data-mp-price="4.50" data-mp-category="Tea">Green tea</h1>
            <button id="add" data-mp-add="tea-1" data-mp-name="Green tea" data-mp-price="4.50" data-mp-quantity="2" data-mp-cart_id="c-1">Buy</button>
            <button id="remove" data-mp-remove="tea-1" data-mp-price="4.50" data-mp-cart_id="c-1">Remove</button>
            """;
        await using var browser = await chromium.FreshAsync();
        var page = await OpenAsync(browser, "/tea?utm_source=news&utm_campaign=spring");
        var visitor = await VisitorOf(page);
        var user = Shop.NewId("ann");
        await page.ClickAsync("#add");
        await page.ClickAsync("#remove");
        await page.EvaluateAsync($"mp.identify('{user}', {{ plan: 'pro' }})");
        // What is not sent yet leaves with a beacon when the page is closed.
        await page.CloseAsync(new PageCloseOptions { RunBeforeUnload = true });

        var entries = await EntriesOf(visitor, 5);
        Assert.Equal(
            ["Product Added", "Product Removed", "Product Viewed", "Tea shop", ""],
            entries.Select(e => (string?)e!["name"] ?? "").OrderBy(name => name.Length == 0).ThenBy(name => name)
        );
        var added = entries.Single(e => (string?)e!["name"] == "Product Added")!["properties"]!;
        Assert.Equal(
            ("tea-1", "Green tea", 4.5m, 2, "c-1"),
            (
                (string)added["product_id"]!,
                (string)added["name"]!,
                (decimal)added["price"]!,
                (int)added["quantity"]!,
                (string)added["cart_id"]!
            )
        );
        var view = entries.Single(e => (string)e!["kind"]! == "page")!;
        Assert.Equal("/tea", (string)view["properties"]!["path"]!);
        Assert.Equal(("news", "spring"), Campaign(view["context"]!["campaign"]!));
        Assert.Equal(await shop.CustomerOf(visitor), await shop.CustomerOf(user));

        static (string, string) Campaign(JsonNode campaign) => ((string)campaign["source"]!, (string)campaign["name"]!);
    }

    [Fact]
    public async Task The_next_page_is_of_the_same_visitor_and_a_new_address_without_loading_is_a_page()
    {
        await using var browser = await chromium.FreshAsync();
        var page = await OpenAsync(browser, "/one");
        var visitor = await VisitorOf(page);
        await page.EvaluateAsync("history.pushState({}, '', '/two')");
        await page.GotoAsync(site.Urls.First() + "/three");
        Assert.Equal(visitor, await VisitorOf(page));
        await page.EvaluateAsync("mp.flush()");

        Assert.Equal(["/one", "/three", "/two"], (await EntriesOf(visitor, 3)).Select(e => (string)e!["properties"]!["path"]!).Order());
    }

    [Fact]
    public async Task Where_consent_is_required_nothing_is_stored_or_sent_before_it_and_nothing_after_it_is_taken_back()
    {
        attributes = """data-consent="required" """;
        var sent = 0;
        await using var browser = await chromium.FreshAsync();
        browser.Request += (_, request) => sent += request.Method == "POST" ? 1 : 0;
        var page = await OpenAsync(browser, "/");
        await page.EvaluateAsync("mp.track('Too early'); mp.flush()");
        Assert.Equal((0, (string?)null), (sent, await page.EvaluateAsync<string?>("localStorage.mp || null")));

        await page.EvaluateAsync("mp.consent({ email_marketing: true, ads_audience: false }); mp.flush()");
        var visitor = await VisitorOf(page);
        await EntriesOf(visitor, 4);
        Assert.Equal(
            [("ads_audience", false, "mp.js"), ("email_marketing", true, "mp.js")],
            await shop.Db.QueryAsync<(string, bool, string)>(
                "select purpose, granted, source from consents where customer_id = @Id order by purpose",
                new { Id = await shop.CustomerOf(visitor) },
                Ct
            )
        );

        await page.EvaluateAsync("mp.consent(false)");
        await page.EvaluateAsync("mp.track('Too late'); mp.flush()");
        Assert.Equal("""{"c":0}""", await page.EvaluateAsync<string>("localStorage.mp"));
        var entries = await EntriesOf(visitor, 6);
        Assert.DoesNotContain(entries, e => (string?)e!["name"] is "Too early" or "Too late");
        Assert.Contains(entries, e => (string?)e!["name"] == "profiling" && !(bool)e["properties"]!["granted"]!);
    }

    [Fact]
    public async Task What_is_taken_back_in_one_tab_is_sent_by_no_other()
    {
        await using var browser = await chromium.FreshAsync();
        var (one, other) = (await OpenAsync(browser, "/one"), await OpenAsync(browser, "/other"));
        var visitor = await VisitorOf(one);
        await other.EvaluateAsync("mp.flush()");
        await one.EvaluateAsync("mp.flush()");
        await EntriesOf(visitor, 2);

        await one.EvaluateAsync("mp.consent(false)");
        await other.WaitForFunctionAsync("() => localStorage.mp == '{\"c\":0}'");
        await other.EvaluateAsync("mp.identify('too-late'); mp.track('Too late'); mp.flush()");
        Assert.Equal("""{"c":0}""", await other.EvaluateAsync<string>("localStorage.mp"));
        await other.EvaluateAsync("mp.consent(true); mp.track('Allowed again'); mp.flush()");
        var again = await VisitorOf(other);
        Assert.NotEqual(visitor, again);
        Assert.DoesNotContain(await EntriesOf(again, 2), e => (string?)e!["name"] == "Too late");
        Assert.DoesNotContain(await EntriesOf(visitor, 5), e => (string?)e!["name"] == "Too late");
    }

    [Fact]
    public async Task Global_Privacy_Control_is_a_refusal_of_profiling_and_advertising()
    {
        await using var browser = await chromium.FreshAsync();
        await browser.AddInitScriptAsync("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
        var page = await OpenAsync(browser, "/");
        var visitor = await VisitorOf(page);
        await page.EvaluateAsync("mp.flush()");

        await EntriesOf(visitor, 3);
        Assert.Equal(
            [("ads_audience", false, "global-privacy-control"), ("profiling", false, "global-privacy-control")],
            await shop.Db.QueryAsync<(string, bool, string)>(
                // With the browser's address, which a page cannot know.
                "select purpose, granted, source from consents where customer_id = @Id and ip in ('127.0.0.1', '::1') order by purpose",
                new { Id = await shop.CustomerOf(visitor) },
                Ct
            )
        );
    }

    [Fact]
    public async Task The_script_is_small_cacheable_and_has_nothing_to_say_to_who_has_it()
    {
        Assert.InRange(ServeTracker.Script.Packed.Length, 500, 3 * 1024);
        using var first = new HttpRequestMessage(HttpMethod.Get, "/mp.js");
        using var answer = await shop.Http.SendAsync(first, Ct);
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("//", (await answer.Content.ReadAsStringAsync(Ct))[..200], StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/mp.js") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await shop.Http.SendAsync(again, Ct);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    private async Task<IPage> OpenAsync(IBrowserContext browser, string path)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(site.Urls.First() + path);
        return page;
    }

    private static async Task<string> VisitorOf(IPage page) => await page.EvaluateAsync<string>("JSON.parse(localStorage.mp).a");

    /// <summary>The visitor's timeline, once it has as many entries.</summary>
    private async Task<JsonArray> EntriesOf(string visitor, int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var known = await shop.Db.QuerySingleOrDefaultAsync<Guid?>(
                "select customer_id from identifiers where value = @visitor",
                new { visitor },
                Ct
            );
            var entries = known is null
                ? []
                : (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{known}/timeline", Ct))!["items"]!.AsArray();
            if (entries.Count >= count || TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                Assert.True(entries.Count == count, $"{entries.Count} entries instead of {count}: {entries}");
                return entries;
            }
            await Task.Delay(Glance, TimeProvider.System, Ct);
        }
    }

    private static WebApplication Site()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
