using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Templates;

[Collection(HostedEmail.Name)]
public sealed class TemplateApiTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string NewName() => "t" + Guid.CreateVersion7().ToString("N")[^10..];

    private static TemplateContent Mail(string html = "<p>Hello {{ customer.first_name | default: 'you' }}</p>") =>
        new(TemplateKind.Mail, html, "Subject");

    private async Task<HttpResponseMessage> PutAsync(string name, TemplateContent content, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/templates/{name}", UriKind.Relative))
        {
            Content = JsonContent.Create(content, options: Json.Options),
        };
        if (ifMatch is not null)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(ifMatch));
        return await email.Writer.SendAsync(request, Ct);
    }

    private async Task<Preview> PreviewAsync(string name, PreviewRequest request)
    {
        using var answer = await email.Http.PostAsJsonAsync($"/api/v1/templates/{name}/preview", request, Json.Options, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<Preview>(Json.Options, Ct))!;
    }

    [Fact]
    public async Task The_starters_are_listed_page_by_page()
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            var page = await email.GetAsync<Page<TemplateSummary>>($"/api/v1/templates?kind=mail&limit=4&cursor={cursor}");
            all.AddRange(page.Items.Where(item => item.Source == "starter").Select(item => item.Name));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(
            [
                "abandoned-cart",
                "back-in-stock",
                "birthday",
                "digest",
                "double-opt-in",
                "newsletter",
                "price-drop",
                "receipt",
                "recommendations",
                "welcome",
                "win-back",
            ],
            all
        );
    }

    [Fact]
    public async Task Of_two_who_change_the_same_version_the_second_is_told()
    {
        var name = NewName();
        using var created = await PutAsync(name, Mail(), "\"0\"");
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag?.Tag));

        using var first = await PutAsync(name, Mail("<p>A</p>"), "\"1\"");
        using var second = await PutAsync(name, Mail("<p>B</p>"), "\"1\"");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal("<p>A</p>", (await email.GetAsync<TemplateView>($"/api/v1/templates/{name}")).Content.Html);
    }

    [Fact]
    public async Task Every_version_can_be_read_again_also_after_the_end()
    {
        var name = NewName();
        await PutAsync(name, Mail("<p>One</p>"));
        await PutAsync(name, Mail("<p>Two</p>"));
        using var deleted = await email.Writer.DeleteAsync($"/api/v1/templates/{name}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var versions = await email.GetAsync<Page<TemplateVersion>>($"/api/v1/templates/{name}/versions");
        Assert.Equal([(3, true), (2, false), (1, false)], versions.Items.Select(version => (version.Version, version.Deleted)));
        Assert.Equal("<p>One</p>", (await email.GetAsync<TemplateView>($"/api/v1/templates/{name}/versions/1")).Content.Html);
        using var gone = await email.Http.GetAsync(new Uri($"/api/v1/templates/{name}", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var again = await PutAsync(name, Mail("<p>Three</p>"), "\"0\"");
        Assert.Equal("\"4\"", again.Headers.ETag?.Tag);
    }

    [Theory]
    [InlineData("{% if x %}", "endif")]
    [InlineData("{{ x | no_such }}", "no_such")]
    [InlineData("", "HTML")]
    [InlineData("{{ t.nowhere }}", "nowhere")]
    public async Task A_template_that_cannot_work_is_refused_with_the_reason(string html, string reason)
    {
        using var answer = await PutAsync(NewName(), Mail(html));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_template_of_ten_megabytes_is_refused()
    {
        using var body = new StringContent(
            $$"""{"kind":"mail","subject":"s","html":"{{new string('x', 10 * 1024 * 1024)}}"}""",
            Encoding.UTF8,
            "application/json"
        );
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/templates/{NewName()}", UriKind.Relative))
        {
            Content = body,
        };
        // Told before the megabytes are on their way.
        request.Headers.ExpectContinue = true;
        using var answer = await email.Writer.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_starter_can_be_replaced_and_comes_back()
    {
        await email.SavesAsync("digest", Mail("<p>Ours</p>"));
        Assert.Equal("replaced", (await email.GetAsync<TemplateView>("/api/v1/templates/digest")).Source);
        Assert.Contains("Ours", (await PreviewAsync("digest", new())).Html);

        using var deleted = await email.Writer.DeleteAsync("/api/v1/templates/digest", Ct);
        Assert.Equal("starter", (await email.GetAsync<TemplateView>("/api/v1/templates/digest")).Source);
        using var starter = await email.Writer.DeleteAsync("/api/v1/templates/digest", Ct);
        Assert.Equal(HttpStatusCode.Conflict, starter.StatusCode);
    }

    [Fact]
    public async Task A_preview_shows_what_this_customer_would_get()
    {
        var anna = await email.KnowsAsync();
        await email.HearsAsync(Profile(anna, 2, AddressOf(anna)) with { Language = "de-AT" });
        await email.HearsAsync(new SegmentEntered(anna, Guid.CreateVersion7(), "champions", Now));
        await email.HearsAsync(Cart(anna, "C-" + anna));
        await email.SettlesAsync();
        var html =
            "{% if customer.segments contains 'champions' %}Champion {% endif %}{{ cart.lines.first.name }} {{ recommendations.first.reason }}";

        var mail = await PreviewAsync("abandoned-cart", new(CustomerId: anna));
        var unsaved = await PreviewAsync("any", new(Mail(html), anna));

        Assert.Equal(("de", 0), (mail.Locale, mail.MadeUp.Count));
        Assert.Contains("Hallo Anna, Ihr Warenkorb wartet", mail.Text);
        Assert.Contains("Green tea", mail.Html);
        Assert.Contains("Goes with tea: Scones", mail.Html);
        Assert.Contains("Champion Green tea Goes with tea: Scones", unsaved.Html);
        Assert.DoesNotContain("/email/o/", mail.Html);

        await email.HearsAsync(new SegmentLeft(anna, Guid.CreateVersion7(), "champions", Now.AddSeconds(1)));
        Assert.DoesNotContain("Champion", (await PreviewAsync("any", new(Mail(html), anna))).Html);
    }

    [Fact]
    public async Task A_preview_of_nobody_says_what_is_made_up()
    {
        var preview = await PreviewAsync("welcome", new(Locale: "fr"));
        Assert.Contains("Bonjour Ada, bienvenue", preview.Text);
        Assert.Equal(["cart", "customer", "recommendations"], preview.MadeUp.Order());
    }

    [Fact]
    public async Task A_test_mail_goes_to_one_address_and_says_that_it_is_a_test()
    {
        var to = $"{Guid.CreateVersion7():N}@example.com";
        using var answer = await email.Writer.PostAsJsonAsync("/api/v1/templates/welcome/test", new TestSendRequest(to), Json.Options, Ct);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("[Test] Ada, welcome to Tea & Co", Assert.Single(await email.OutboxAsync(to)).Subject);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a@b.example, c@d.example")]
    [InlineData("a@b.example\r\nBcc: c@d.example")]
    public async Task A_test_mail_to_no_one_address_is_refused(string to)
    {
        using var answer = await email.Writer.PostAsJsonAsync("/api/v1/templates/welcome/test", new TestSendRequest(to), Json.Options, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_template_that_never_ends_is_told_at_its_preview()
    {
        var content = Mail("{% for i in (1..9000) %}{% for j in (1..9000) %}x{% endfor %}{% endfor %}");
        using var answer = await email.Http.PostAsJsonAsync("/api/v1/templates/any/preview", new PreviewRequest(content), Json.Options, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("loops go round too often", await answer.Content.ReadAsStringAsync(Ct));
    }
}
