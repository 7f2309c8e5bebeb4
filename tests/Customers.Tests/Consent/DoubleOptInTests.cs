using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Consent;

/// <summary>In a shop of its own: the setting counts for the whole shop.</summary>
public sealed class DoubleOptInTests : IAsyncLifetime
{
    private readonly Shop shop = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await shop.InitializeAsync();
        using var set = await shop.Http.PutAsJsonAsync("/api/v1/settings/consents", new { doubleOptIn = new[] { "email_marketing" } }, Ct);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
    }

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task A_permission_counts_once_the_owner_of_the_address_presses_the_button()
    {
        var customer = await Allows("ann", new { email = "Ann@shop.example" });
        Assert.Empty(await shop.Published<ConsentChanged>(customer));
        var asked = Assert.Single(await shop.Published<ConsentConfirmationRequested>(customer));
        Assert.Equal(("email_marketing", "ann@shop.example", Shop.Start.AddDays(7)), (asked.Purpose, asked.Email, asked.ExpiresAt));
        Assert.StartsWith("http://127.0.0.1:8080/consent/confirm?token=", asked.ConfirmUrl, StringComparison.Ordinal);

        // A scanner that follows the link changes nothing.
        var path = new Uri(asked.ConfirmUrl).PathAndQuery;
        using (var page = await shop.Http.GetAsync(path, Ct))
            Assert.Contains("<button>", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(await shop.Published<ConsentChanged>(customer));

        for (var press = 0; press < 2; press++)
            using (var thanks = await shop.Http.PostAsync(path, null, Ct))
                Assert.Equal(HttpStatusCode.OK, thanks.StatusCode);
        var granted = Assert.Single(await shop.Published<ConsentChanged>(customer));
        Assert.Equal((true, "double-opt-in"), (granted.Granted, granted.Source));
        var ledger = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{customer}/consents", Ct);
        var statement = Assert.Single(ledger!["items"]!.AsArray())!;
        Assert.Equal(path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..], (string)statement["token"]!);
        Assert.NotNull(statement["ip"]);

        // The old link says no yes again once it was taken back.
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await shop.Sends(Shop.Identify("ann", null, null, new { email_marketing = false }));
        using var old = await shop.Http.PostAsync(path, null, Ct);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    [Fact]
    public async Task Nobody_is_asked_twice_while_the_question_is_open_and_again_when_it_has_expired()
    {
        var customer = await Allows("bob", new { email = "bob@shop.example" });
        await Allows("bob", new { email = "bob@shop.example" });
        Assert.Single(await shop.Published<ConsentConfirmationRequested>(customer));

        shop.Clock.Advance(TimeSpan.FromDays(8));
        await Allows("bob", new { email = "bob@shop.example" });
        var asked = await shop.Published<ConsentConfirmationRequested>(customer);
        Assert.Equal(2, asked.Count);
        using var late = await shop.Http.PostAsync(new Uri(asked[0].ConfirmUrl).PathAndQuery, null, Ct);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.Empty(await shop.Published<ConsentChanged>(customer));
    }

    [Fact]
    public async Task A_no_ends_the_open_question_and_a_later_yes_is_asked_anew()
    {
        var customer = await Allows("hal", new { email = "hal@shop.example" });
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await shop.Sends(Shop.Identify("hal", null, null, new { email_marketing = false }));
        var first = Assert.Single(await shop.Published<ConsentConfirmationRequested>(customer));
        using (var dead = await shop.Http.PostAsync(new Uri(first.ConfirmUrl).PathAndQuery, null, Ct))
            Assert.Equal(HttpStatusCode.NotFound, dead.StatusCode);

        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await Allows("hal", new { email = "hal@shop.example" });
        var second = (await shop.Published<ConsentConfirmationRequested>(customer))[^1];
        Assert.NotEqual(first.ConfirmUrl, second.ConfirmUrl);
        using var thanks = await shop.Http.PostAsync(new Uri(second.ConfirmUrl).PathAndQuery, null, Ct);
        Assert.Equal(HttpStatusCode.OK, thanks.StatusCode);
        Assert.Equal([false, true], (await shop.Published<ConsentChanged>(customer)).Select(consent => consent.Granted));
    }

    [Fact]
    public async Task Refusals_other_purposes_lists_and_what_was_confirmed_elsewhere_are_not_asked()
    {
        await shop.Sends(
            Shop.Identify("cat", null, new { email = "cat@shop.example" }, new { email_marketing = false }),
            Shop.Identify("dan", null, new { email = "dan@shop.example" }, new { profiling = true }),
            Shop.Call(
                "identify",
                "eve",
                null,
                new
                {
                    context = new
                    {
                        consent = new
                        {
                            categoryPreferences = new { email_marketing = true },
                            token = "shop-doi-1",
                            textVersion = "v2",
                        },
                    },
                }
            ),
            Shop.Call(
                "identify",
                "fay",
                null,
                new { context = new { consent = new { categoryPreferences = new { email_marketing = true }, source = "import" } } }
            )
        );
        foreach (var user in new[] { "cat", "dan", "eve", "fay" })
        {
            var customer = await shop.CustomerOf(user);
            Assert.Single(await shop.Published<ConsentChanged>(customer));
            Assert.Empty(await shop.Published<ConsentConfirmationRequested>(customer));
        }
    }

    [Theory]
    [InlineData("double-opt-in", null)]
    [InlineData("preference-centre", null)]
    [InlineData("import", null)]
    [InlineData("form", "made-up")]
    public async Task The_key_of_a_web_page_confirms_nothing(string source, string? token)
    {
        var victim = Shop.NewId("victim");
        var call = Shop.Call(
            "identify",
            victim,
            null,
            new
            {
                traits = new { email = $"{victim}@elsewhere.example" },
                context = new
                {
                    consent = new
                    {
                        categoryPreferences = new { email_marketing = true, profiling = true },
                        source,
                        token,
                    },
                },
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/identify") { Content = JsonContent.Create(call) };
        request.Headers.Authorization = new("Bearer", shop.TokenFor(Platform.Security.Scope.Collect));
        using var answer = await shop.Http.SendAsync(request, Ct);

        var customer = await shop.CustomerOf(victim);
        Assert.Single(await shop.Published<ConsentConfirmationRequested>(customer));
        var granted = Assert.Single(await shop.Published<ConsentChanged>(customer));
        Assert.Equal("profiling", granted.Purpose);
        Assert.DoesNotContain(granted.Source, new[] { "double-opt-in", "preference-centre" });
    }

    [Fact]
    public async Task Without_an_address_nobody_can_be_asked_and_the_timeline_says_so()
    {
        var customer = await Allows("gil", new { plan = "pro" });
        Assert.Empty(await shop.Published<ConsentChanged>(customer));
        var timeline = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{customer}/timeline", Ct);
        Assert.Contains(
            timeline!["items"]!.AsArray(),
            entry => (string)entry!["kind"]! == "consent-asked" && entry["properties"]!["reason"] is not null
        );
    }

    [Fact]
    public async Task A_made_up_token_leads_nowhere_and_a_purpose_that_is_none_is_refused()
    {
        foreach (var path in new[] { "/consent/confirm", "/consent/confirm?token=", "/consent/confirm?token=%00x" })
            using (var page = await shop.Http.GetAsync(path, Ct))
                Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        using var set = await shop.Http.PutAsJsonAsync("/api/v1/settings/consents", new { doubleOptIn = new[] { "fax" } }, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, set.StatusCode);
    }

    private async Task<Guid> Allows(string user, object traits)
    {
        await shop.Sends(Shop.Identify(user, null, traits, new { email_marketing = true }));
        return await shop.CustomerOf(user);
    }
}
