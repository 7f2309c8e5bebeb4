using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class StoryInOneProcessTests(StandalonePlatform platform) : StoryTests(platform, TimeSpan.FromSeconds(20));

[Collection(DistributedPlatform.Shared)]
public sealed class StoryOverRabbitMqTests(DistributedPlatform platform) : StoryTests(platform, TimeSpan.FromSeconds(45));

/// <summary>The whole story of a flow, from the first look at a product to what the flow earned.</summary>
/// <param name="wait">Longer than all services take to start: the mails are to find Recommendation there again.</param>
public abstract partial class StoryTests(RunningPlatform platform, TimeSpan wait)
{
    private const int People = 20;
    private const string Cart = "story-cart-";

    // Carts of other tests are not in this story.
    private string Flow =>
        $$$"""
            name: story
            description: Reminds of a cart left behind, and stops as soon as the customer buys.
            trigger: {event: cart-abandoned, where: {data: cart_id, contains: {{{Cart}}}}}
            key: cart
            hold-out: 50%
            goal: {event: order, within: 7d}
            steps:
              - wait: {{{wait.TotalSeconds}}}s
              - id: reminder
                send: abandoned-cart
              - id: a-day-later
                wait: 1d
              - id: second-reminder
                send: abandoned-cart
            """;

    [Fact]
    public async Task From_browsing_to_what_it_earned_and_a_restart_in_the_middle_changes_nothing()
    {
        await ReadyAsync();
        try
        {
            await HappensAsync();
        }
        finally
        {
            await SwitchAsync("story", "off");
            await SwitchAsync("abandoned-cart", "on");
        }
    }

    private async Task HappensAsync()
    {
        var names = Enumerable.Range(1, People).Select(n => $"story-{n}").ToArray();
        var now = TimeProvider.System.GetUtcNow();
        Assert.True(await platform.CollectsAsync(names.Select(name => Shop.SignsUp(name, $"{name}@shop.test", now))));
        Assert.True(await platform.CollectsAsync(names.Select(name => Shop.Views(name, "p1", now))));
        Assert.True(await platform.CollectsAsync(names.Select(name => Shop.AddsToCart(name, Cart + name, "p1", "Blue kettle", now))));

        // Everybody is on the way, or held out of it: now the platform dies.
        await platform.EventuallyTellsAsync("email", "select count(*) from journeys where automation = 'story'", (long)People);
        await platform.KillAsync();
        await platform.StartAsync();

        var held = await IdsAsync("select customer_id::text from journeys where automation = 'story' and outcome = 'held-out'");
        var walked = await IdsAsync("select customer_id::text from journeys where automation = 'story' and outcome is null");
        Assert.True(held.Length > 0 && walked.Length > 0, $"{held.Length} held out, {walked.Length} on the way");
        await platform.EventuallyTellsAsync(
            "email",
            "select count(*) from mails where automation = 'story' and status = 'sent'",
            (long)walked.Length
        );
        var mails = platform
            .Mails()
            .Where(mail => mail.Subject?.Contains("cart", StringComparison.OrdinalIgnoreCase) == true)
            .Where(mail => names.Any(name => RunningPlatform.IsTo(mail, $"{name}@shop.test")))
            .ToArray();
        Assert.Equal(walked.Length, mails.Select(mail => mail.To.Mailboxes.Single().Address).Distinct().Count());
        Assert.Equal(walked.Length, mails.Length);
        Assert.All(mails, mail => Assert.Contains("Blue kettle", mail.HtmlBody!, StringComparison.Ordinal));
        await platform.EventuallyTellsAsync(
            "email",
            "select min(jsonb_array_length(products)) >= 4 from mails where automation = 'story' and status = 'sent'",
            true
        );

        // A person reads for a while, then follows a link and buys; so does one of those who got nothing. Counted are those who entered since
        // somebody was held out.
        var compared = await IdsAsync(
            """
            select customer_id::text from journeys where automation = 'story' and outcome is null
                and entered_at >= (select min(entered_at) from journeys where automation = 'story' and outcome = 'held-out')
            """
        );
        var (buyer, other) = (compared[0], held[0]);
        var reader = await NameAsync(buyer);
        await ClicksAsync(mails.Single(mail => RunningPlatform.IsTo(mail, $"{reader}@shop.test")));
        await platform.EventuallyTellsAsync(
            "email",
            $"select count(*) from mail_events where kind = 'click' and label = 'human' and customer_id = '{buyer}'",
            1L
        );
        now = TimeProvider.System.GetUtcNow();
        Assert.True(await platform.CollectsAsync(Shop.Orders(reader, "story-order-1", now, "p1", "p5")));
        Assert.True(await platform.CollectsAsync(Shop.Orders(await NameAsync(other), "story-order-2", now, "p1")));

        await platform.EventuallyTellsAsync(
            "email",
            $"select outcome from journeys where automation = 'story' and customer_id = '{buyer}'",
            "goal"
        );
        // The order is the goal of other automations too.
        await platform.EventuallyTellsAsync(
            "email",
            "select count(*) from journey_goals g join journeys j on j.id = g.journey_id where j.automation = 'story'",
            2L
        );
        var effect = await platform.GetAsync("/api/v1/automations/story/effect");
        Assert.Equal((compared.Length, 1, 20m), Arm(effect, "treated"));
        Assert.Equal((held.Length, 1, 10m), Arm(effect, "heldOut"));
        Assert.Equal(20m, effect.GetProperty("attributed").GetDecimal());
        var incremental = effect.GetProperty("incrementalRevenue");
        Assert.Equal(20 - 10.0 * compared.Length / held.Length, incremental.GetProperty("estimate").GetDouble(), 6);
        Assert.True(incremental.GetProperty("lower").GetDouble() < incremental.GetProperty("upper").GetDouble());

        Assert.Equal(("sent", "a person followed a link"), await StoryAsync(buyer, "delivery"));
        Assert.Equal(("held-out", "held out of this automation"), await StoryAsync(other, "hold-out"));
        // Nothing was sent twice, before or after the restart.
        Assert.Equal(
            0L,
            await platform.AskAsync<long>("email", "select count(*) - count(distinct customer_id) from mails where automation = 'story'")
        );
    }

    private async Task ReadyAsync()
    {
        var longAgo = TimeProvider.System.GetUtcNow().AddDays(-30);
        Assert.True(
            await platform.CollectsAsync(
                Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        Shop.Orders($"buyer-{i}", $"o-{i}", longAgo.AddHours(i), $"p{1 + i % 4}", $"p{5 + i % 4}", $"p{9 + i % 3}")
                    )
            )
        );
        await RunningPlatform.EventuallyAsync(
            "products can be recommended",
            async () => (await platform.GetAsync("/api/v1/recommendations?product=p1&limit=4")).GetProperty("items").GetArrayLength() >= 3
        );
        using var carts = await platform.SendAsync(HttpMethod.Put, "/api/v1/settings/carts", "write", new { abandonedAfter = "00:00:01" });
        Assert.Equal(HttpStatusCode.OK, carts.StatusCode);
        // It would remind everybody too.
        await SwitchAsync("abandoned-cart", "off");
        using var flow = new StringContent(Flow, new System.Net.Http.Headers.MediaTypeHeaderValue("application/yaml"));
        using var saved = await platform.SendAsync(HttpMethod.Put, "/api/v1/automations/story", "write", flow);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task SwitchAsync(string automation, string to)
    {
        using var answer = await platform.SendAsync(HttpMethod.Post, $"/api/v1/automations/{automation}/{to}", "write", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string[]> IdsAsync(string sql) =>
        (await platform.AskAsync<string?>("email", $"select coalesce(string_agg(x.id, ','), '') from ({sql}) as x (id)"))!.Split(
            ',',
            StringSplitOptions.RemoveEmptyEntries
        );

    private Task<string> NameAsync(string customer) =>
        platform.AskAsync<string>("customers", $"select value from identifiers where kind = 'user_id' and customer_id = '{customer}'");

    private static async Task ClicksAsync(MimeMessage mail)
    {
        // Whoever clicks within three seconds is a machine, and the platform under test runs by the real clock.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        var link = VisibleLink().Match(mail.HtmlBody!).Groups[1].Value;
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, WebUtility.HtmlDecode(link));
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        using var answer = await browser.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    private static (int Customers, int Converted, decimal Revenue) Arm(JsonElement effect, string arm) =>
        (
            effect.GetProperty(arm).GetProperty("customers").GetInt32(),
            effect.GetProperty(arm).GetProperty("converted").GetInt32(),
            effect.GetProperty(arm).GetProperty("revenue").GetDecimal()
        );

    private async Task<(string Decision, string Observed)> StoryAsync(string customer, string gate)
    {
        var stories = await platform.GetAsync($"/api/v1/email/decisions?customer={customer}&campaign=story");
        var story = stories.GetProperty("items").EnumerateArray().Single();
        return (
            story.GetProperty("decision").GetString()!,
            story
                .GetProperty("gates")
                .EnumerateArray()
                .Single(one => one.GetProperty("name").GetString() == gate)
                .GetProperty("observed")
                .GetString()!
        );
    }

    // The trap for machines has no text; what a person sees has.
    [GeneratedRegex("<a [^>]*href=\"(http[^\"]*/email/l/[^\"]+)\"[^>]*>[^<]*[A-Za-z]")]
    private static partial Regex VisibleLink();
}
