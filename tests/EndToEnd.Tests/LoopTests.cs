using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class LoopInOneProcessTests(StandalonePlatform platform) : LoopTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class LoopOverRabbitMqTests(DistributedPlatform platform) : LoopTests(platform);

/// <summary>The main job, from the shop's events to the customer's inbox, through the public door of a running platform.</summary>
public abstract class LoopTests(RunningPlatform platform)
{
    private static readonly DateTimeOffset LastMonth = TimeProvider.System.GetUtcNow().AddDays(-30);

    [Fact]
    public async Task A_cart_that_is_left_brings_a_mail_with_that_cart_and_recommended_products_until_the_customer_unsubscribes()
    {
        var now = TimeProvider.System.GetUtcNow();
        await ShopHasOrdersAsync();
        await ShortenCartTimerAsync();

        Assert.True(await platform.CollectsAsync(Shop.SignsUp("loop", "loop@shop.test", now)));
        await platform.EventuallySendsAsync("loop@shop.test", "welcome");
        Assert.True(
            await platform.CollectsAsync(
                Shop.AddsToCart("loop", "cart-1", "p1", "Blue kettle", now),
                Shop.AddsToCart("loop", "cart-1", "p2", "Green teapot", now)
            )
        );
        var mail = await platform.EventuallySendsAsync("loop@shop.test", "cart");

        var catalogue = (
            await platform.AskAsync<string>(
                "recommendation",
                "select string_agg(name, e'\n') from products where name not in ('Blue kettle', 'Green teapot')"
            )
        ).Split('\n');
        var parts = Assert.IsType<MultipartAlternative>(mail.Body);
        Assert.Equal(["text/plain", "text/html"], parts.Select(part => part.ContentType.MimeType));
        foreach (var text in new[] { mail.TextBody ?? "", mail.HtmlBody ?? "" })
        {
            Assert.Contains("Blue kettle", text, StringComparison.Ordinal);
            Assert.Contains("Green teapot", text, StringComparison.Ordinal);
            // Whichever they are: the platform is shared with tests that fill its catalogue with a whole shop.
            Assert.True(
                catalogue.Count(name =>
                    text.Contains(WebUtility.HtmlEncode(name), StringComparison.Ordinal) || text.Contains(name, StringComparison.Ordinal)
                ) >= 3,
                "three recommended products: " + text
            );
        }

        var link = OneClickLinkOf(mail);
        using (var look = await platform.SendAsync(HttpMethod.Get, link, key: null, body: null))
            Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        Assert.True(await platform.CollectsAsync(Shop.AddsToCart("loop", "cart-2", "jug", "Red jug", TimeProvider.System.GetUtcNow())));
        await platform.EventuallySendsAsync("loop@shop.test", "Red jug");

        using (
            var click = await platform.SendAsync(
                HttpMethod.Post,
                link,
                key: null,
                new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")])
            )
        )
            Assert.True(click.IsSuccessStatusCode, click.StatusCode.ToString());
        Assert.True(await platform.CollectsAsync(Shop.AddsToCart("loop", "cart-3", "pot", "Black pot", TimeProvider.System.GetUtcNow())));
        var customer = (await platform.GetAsync("/api/v1/customers?userId=loop")).GetProperty("items")[0].GetProperty("id").GetGuid();
        await RunningPlatform.EventuallyAsync<object>(
            "the mail about the third cart is suppressed",
            async () =>
            {
                var mails = (await platform.GetAsync($"/api/v1/messages?customer={customer}&status=suppressed")).GetProperty("items");
                return mails.EnumerateArray().Any(m => m.GetProperty("automation").GetString() == "abandoned-cart") ? true : null;
            }
        );
        Assert.DoesNotContain(platform.Mails(), m => m.Subject?.Contains("Black pot", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Old_news_never_triggers_a_mail()
    {
        await ShortenCartTimerAsync();

        Assert.True(
            await platform.CollectsAsync(
                Shop.SignsUp("historic", "historic@shop.test", LastMonth),
                Shop.AddsToCart("historic", "old-cart", "p1", "Blue kettle", LastMonth)
            )
        );

        // The cart is judged by the same timer that would mail about it.
        await RunningPlatform.EventuallyAsync<object>(
            "the old cart is judged",
            async () =>
                await platform.AskAsync<string>("customers", "select status from carts where cart_id = 'old-cart'")
                    is var status
                        and not "open"
                    ? status
                    : null
        );
        Assert.Equal("expired", await platform.AskAsync<string>("customers", "select status from carts where cart_id = 'old-cart'"));
        Assert.DoesNotContain(platform.Mails(), mail => RunningPlatform.IsTo(mail, "historic@shop.test"));
    }

    [Theory]
    [InlineData("{\"batch\": [", "malformed-json", 400)]
    [InlineData("{\"batch\": 3}", "validation", 400)]
    public async Task A_body_that_cannot_be_read_gets_a_precise_answer(string body, string slug, int status)
    {
        using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await platform.SendAsync(HttpMethod.Post, "/v1/batch", "collect", content);

        Assert.Equal(status, (int)answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("/problems/" + slug, problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_second_platform_on_the_same_port_is_refused_and_told_who_holds_it()
    {
        var folder = Directory.CreateTempSubdirectory("marketing-e2e-").FullName;
        using var second = Machine.Start([
            "up",
            .. platform.Switches,
            "--port",
            platform.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--data",
            folder,
        ]);

        Assert.Equal(1, await second.EndAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"process {platform.DoorPid}", second.Printed, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private async Task ShopHasOrdersAsync()
    {
        var orders = Enumerable
            .Range(0, 60)
            .Select(i => Shop.Orders($"buyer-{i}", $"o-{i}", LastMonth.AddHours(i), $"p{1 + i % 4}", $"p{5 + i % 4}", $"p{9 + i % 3}"))
            .ToArray();
        Assert.True(await platform.CollectsAsync(orders));
        await RunningPlatform.EventuallyAsync<object>(
            "products can be recommended",
            async () =>
                (await platform.GetAsync("/api/v1/recommendations?product=p1&limit=4")).GetProperty("items").GetArrayLength() >= 3
                    ? true
                    : null
        );
    }

    private async Task ShortenCartTimerAsync()
    {
        using var answer = await platform.SendAsync(HttpMethod.Put, "/api/v1/settings/carts", "write", new { abandonedAfter = "00:00:01" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string OneClickLinkOf(MimeMessage mail)
    {
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
        var link = Regex.Match(mail.Headers["List-Unsubscribe"] ?? "", "<(http[^>]+)>").Groups[1].Value;
        return new Uri(link).PathAndQuery;
    }
}
