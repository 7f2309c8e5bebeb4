using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class ConsentInOneProcessTests(StandalonePlatform platform) : ConsentTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class ConsentOverRabbitMqTests(DistributedPlatform platform) : ConsentTests(platform);

/// <summary>What a customer allows and forbids, from the shop's events to the mails that leave, through the public door.</summary>
public abstract class ConsentTests(RunningPlatform platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    // Long enough for a withdrawal to overtake the mails, also on a busy machine.
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_permission_counts_once_the_link_in_the_one_mail_that_asks_is_confirmed()
    {
        await SetAsync("/api/v1/settings/consents", new { doubleOptIn = new[] { "email_marketing" } });
        try
        {
            var at = Now;
            for (var again = 0; again < 3; again++)
                Assert.True(await platform.CollectsAsync(SignsUp("opt-in", "opt-in@shop.test", "de", at, $"opt-in-{again}")));
            var mail = await platform.EventuallySendsAsync("opt-in@shop.test", "Bitte bestätigen");
            var customer = await CustomerOfAsync("opt-in");
            Assert.Empty(await StatementsAsync(customer));

            var link = new Uri(
                WebUtility.HtmlDecode(Regex.Match(mail.HtmlBody!, "href=\"([^\"]*/consent/confirm[^\"]*)\"").Groups[1].Value)
            );
            using (var page = await platform.SendAsync(HttpMethod.Get, link.PathAndQuery, null, null))
                Assert.Contains("<button>", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Empty(await StatementsAsync(customer));
            using (var thanks = await platform.SendAsync(HttpMethod.Post, link.PathAndQuery, null, null))
                Assert.Equal(HttpStatusCode.OK, thanks.StatusCode);

            var granted = Assert.Single(await StatementsAsync(customer));
            Assert.True(granted.GetProperty("granted").GetBoolean());
            Assert.Equal("double-opt-in", granted.GetProperty("source").GetString());
            Assert.Equal(link.Query["?token=".Length..], granted.GetProperty("token").GetString());
            Assert.False(string.IsNullOrEmpty(granted.GetProperty("ip").GetString()));
            await platform.EventuallySendsAsync("opt-in@shop.test", "Willkommen");
            Assert.Single(MailsTo("opt-in@shop.test"), sent => sent.Subject?.Contains("bestätigen", StringComparison.Ordinal) == true);
        }
        finally
        {
            await SetAsync("/api/v1/settings/consents", new { doubleOptIn = Array.Empty<string>() });
        }
    }

    [Fact]
    public async Task A_withdrawal_stops_a_send_that_is_queued_and_a_mail_that_waits_for_its_timer()
    {
        string[] people = ["stays", "leaves"];
        await SetAsync("/api/v1/settings/carts", new { abandonedAfter = Later });
        Assert.True(await platform.CollectsAsync(people.Select(user => Shop.SignsUp(user, user + "@consent.test", Now))));
        foreach (var user in people)
            await platform.EventuallySendsAsync(user + "@consent.test", "welcome");
        var customers = new Dictionary<string, string>();
        foreach (var user in people)
            customers[user] = await CustomerOfAsync(user);

        // One is in the ledger for later, by the customer and by the address; the other is not even thought of before the cart lay long enough.
        Assert.True(
            await platform.CollectsAsync(people.Select(user => Shop.AddsToCart(user, "cart-of-" + user, "c1", "Blue kettle", Now)))
        );
        await SendsAsync("By customer", people.Select(user => new { customerId = (string?)customers[user], email = (string?)null }));
        await SendsAsync(
            "By address",
            people.Select(user => new { customerId = (string?)null, email = (string?)(user + "@consent.test") })
        );
        using (
            var answer = await platform.SendAsync(
                HttpMethod.Post,
                $"/api/v1/customers/{customers["leaves"]}/consents",
                "write",
                new
                {
                    purpose = "email_marketing",
                    granted = false,
                    source = "phone",
                }
            )
        )
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        foreach (var subject in new[] { "By customer", "By address", "Blue kettle" })
            await platform.EventuallySendsAsync("stays@consent.test", subject);
        await RunningPlatform.EventuallyAsync(
            "every mail of who left has met its end",
            async () => (await MessagesAsync(customers["leaves"])).Count(mail => mail.Status == "suppressed") == 3
        );
        Assert.All(
            (await MessagesAsync(customers["leaves"])).Where(mail => mail.Status != "sent"),
            mail => Assert.Equal("consent-withdrawn", mail.Reason)
        );
        Assert.Contains("welcome", Assert.Single(MailsTo("leaves@consent.test")).Subject, StringComparison.OrdinalIgnoreCase);
    }

    private async Task SendsAsync(string subject, IEnumerable<object> recipients)
    {
        using var answer = await platform.SendAsync(
            HttpMethod.Post,
            "/api/v1/sends",
            "write",
            new
            {
                audience = new { recipients },
                content = new { subject, text = "Something new." },
                startAt = Now + Later,
            }
        );
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task SetAsync(string path, object settings)
    {
        using var answer = await platform.SendAsync(HttpMethod.Put, path, "write", settings);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<string> CustomerOfAsync(string user) =>
        (await platform.GetAsync($"/api/v1/customers?userId={user}")).GetProperty("items")[0].GetProperty("id").GetString()!;

    private async Task<IReadOnlyList<JsonElement>> StatementsAsync(string customer) =>
        [.. (await platform.GetAsync($"/api/v1/customers/{customer}/consents")).GetProperty("items").EnumerateArray()];

    private async Task<IReadOnlyList<(string Status, string? Reason)>> MessagesAsync(string customer) =>
        [
            .. (await platform.GetAsync($"/api/v1/messages?customer={customer}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(mail =>
                    (mail.GetProperty("status").GetString()!, mail.TryGetProperty("reason", out var reason) ? reason.GetString() : null)
                ),
        ];

    private IReadOnlyList<MimeMessage> MailsTo(string address) => [.. platform.Mails().Where(mail => RunningPlatform.IsTo(mail, address))];

    private static object SignsUp(string userId, string email, string language, DateTimeOffset at, string messageId) =>
        new
        {
            type = "identify",
            userId,
            messageId,
            timestamp = at,
            traits = new { email, language },
            context = new { consent = new { categoryPreferences = new { email_marketing = true } } },
        };
}
