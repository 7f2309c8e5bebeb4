using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Consent;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Consent;

public sealed class PreferenceCentreTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_link_shows_what_holds_and_saves_what_the_customer_changes()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(
            Shop.Identify(ann, null, new { plan = "pro" }, new { email_marketing = true, chat = true }, Shop.Start.AddDays(-1))
        );
        var customer = await shop.CustomerOf(ann);
        var path = await LinkOf(customer);
        Assert.Equal(["chat", "email_marketing"], Checked(await Page(await shop.Http.GetAsync(path, Ct))));

        using var form = new FormUrlEncodedContent([new("chat", "on"), new("profiling", "on"), new("something-else", "on")]);
        Assert.Equal(["chat", "profiling"], Checked(await Page(await shop.Http.PostAsync(path, form, Ct))));

        Assert.Equal(["chat", "profiling"], Checked(await Page(await shop.Http.GetAsync(path, Ct))));
        Assert.Equal(
            [("email_marketing", false), ("profiling", true)],
            (await shop.Published<ConsentChanged>(customer))
                .Where(change => change.Source == "preference-centre")
                .Select(change => (change.Purpose, change.Granted))
                .Order()
        );
    }

    [Theory]
    [InlineData("de-AT", null, "de", "Ihre Einstellungen")]
    [InlineData(null, "nl, fr-CH;q=0.8, en;q=0.5", "fr", "Vos choix")]
    [InlineData("xx", "xx", "en", "Your choices")]
    public async Task The_page_speaks_the_customers_language_else_the_browsers(string? own, string? browser, string language, string title)
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, null, new { language = own }));
        using var request = new HttpRequestMessage(HttpMethod.Get, await LinkOf(await shop.CustomerOf(ann)));
        if (browser is not null)
            request.Headers.Add("Accept-Language", browser);
        using var answer = await shop.Http.SendAsync(request, Ct);
        var page = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_of_a_customer_who_was_merged_leads_to_the_person()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(ann), Shop.Track("Seen", null, browser));
        var path = await LinkOf(await shop.CustomerOf(browser));
        await shop.Sends(Shop.Identify(ann, browser));
        using var form = new FormUrlEncodedContent([new("chat", "on")]);
        await Page(await shop.Http.PostAsync(path, form, Ct));
        Assert.True(Assert.Single(await shop.Published<ConsentChanged>(await shop.CustomerOf(ann))).Granted);
    }

    [Fact]
    public async Task A_link_that_is_not_ours_shows_nothing()
    {
        foreach (var token in new[] { "", "x", new string('A', 54), "%00" })
        {
            using var page = await shop.Http.GetAsync($"/consent/preferences?token={token}", Ct);
            Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        }
    }

    [Fact]
    public void A_token_is_good_for_its_customer_until_it_expires_and_in_no_other_form()
    {
        static byte[] Hash(string text) => System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("key" + text));
        Gen.Select(Gen.Guid, Gen.Int[1, 1_000_000], Gen.Int[0, 39], Gen.Byte[1, 255])
            .Sample(
                (customer, seconds, place, flip) =>
                {
                    var expiresAt = Shop.Start.AddSeconds(seconds);
                    var token = PreferenceLink.Create(customer, expiresAt, Hash);
                    Assert.Equal(customer, PreferenceLink.Read(token, Shop.Start, Hash));
                    Assert.Null(PreferenceLink.Read(token, expiresAt, Hash));
                    var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(token);
                    bytes[place] ^= flip;
                    Assert.Null(PreferenceLink.Read(System.Buffers.Text.Base64Url.EncodeToString(bytes), Shop.Start, Hash));
                },
                iter: 500
            );
    }

    private async Task<string> LinkOf(Guid customer)
    {
        using var made = await shop.Http.PostAsync($"/api/v1/customers/{customer}/preference-link", null, Ct);
        return new Uri((string)(await made.Content.ReadFromJsonAsync<JsonObject>(Ct))!["url"]!).PathAndQuery;
    }

    private static async Task<string> Page(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            return await response.Content.ReadAsStringAsync(Ct);
        }
    }

    private static IEnumerable<string> Checked(string page) =>
        System.Text.RegularExpressions.Regex.Matches(page, "name=\"([a-z_]+)\" checked").Select(match => match.Groups[1].Value).Order();
}
