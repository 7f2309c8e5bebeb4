using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Tracking;

[Collection(HostedEmail.Name)]
public sealed class UnsubscribeTests(SharedEmail shared) : IClassFixture<SharedEmail>, IAsyncLifetime
{
    private readonly RunningEmail email = shared.Email;
    private Guid anna;
    private Uri link = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        anna = await email.KnowsAsync();
        var header = Assert.Single(await email.OutboxAsync(AddressOf(anna))).Headers["List-Unsubscribe"];
        Assert.StartsWith("<https://tea.example/email/unsubscribe/", header);
        link = new Uri(new Uri(header!.Trim('<', '>')).AbsolutePath, UriKind.Relative);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // What became of the mail about Anna's next cart.
    private async Task<string> NextMailAsync(string cart = "C9")
    {
        await email.HearsAsync(Cart(anna, cart));
        await email.SettlesAsync();
        return await email.Database.QuerySingleAsync<string>(
            "select coalesce(reason, status::text) from mails where customer_id = @Anna and occurrence like @Cart || '/%'",
            new { Anna = anna, Cart = cart },
            Ct
        );
    }

    // The bodies of RFC 8058, section 8.
    private static ByteArrayContent OneClick(bool multipart)
    {
        var body = multipart
            ? "-----FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n-----FormBoundaryjWmhtjORrn--\r\n"
            : "List-Unsubscribe=One-Click";
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(
            multipart ? "multipart/form-data; boundary=---FormBoundaryjWmhtjORrn" : "application/x-www-form-urlencoded"
        );
        return content;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_click_stops_the_next_mail(bool multipart)
    {
        var answer = await email.Anonymous.PostAsync(link, OneClick(multipart), Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("consent-withdrawn", await NextMailAsync());
        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        var told = Assert.Single(await email.PublishesAsync<EmailUnsubscribed>(e => e.CustomerId == anna));
        Assert.Equal((anna, AddressOf(anna), "one-click"), (told.CustomerId, told.Address, told.Source));
    }

    [Fact]
    public async Task Looking_at_the_page_changes_nothing()
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Get, HttpMethod.Head })
        {
            using var request = new HttpRequestMessage(method, link);
            using var answer = await email.Anonymous.SendAsync(request, Ct);
            if (method == HttpMethod.Get)
            {
                Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
                var page = await answer.Content.ReadAsStringAsync(Ct);
                Assert.Contains("<form method=\"post\">", page);
                Assert.Contains("Tea &amp; Co", page);
            }
        }

        Assert.Equal("sent", await NextMailAsync());
    }

    [Fact]
    public async Task The_button_of_the_page_stops_the_next_mail()
    {
        using var answer = await email.Anonymous.PostAsync(link, new FormUrlEncodedContent([]), Ct);

        Assert.Contains("You are unsubscribed", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("consent-withdrawn", await NextMailAsync());
        Assert.Equal("page", Assert.Single(await email.PublishesAsync<EmailUnsubscribed>(e => e.CustomerId == anna)).Source);
    }

    [Fact]
    public async Task Saying_it_twice_is_saying_it_once()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await email.Anonymous.PostAsync(link, OneClick(false), Ct)).StatusCode);

        Assert.Equal("consent-withdrawn", await NextMailAsync());
        Assert.Single(await email.PublishesAsync<EmailUnsubscribed>(e => e.CustomerId == anna));
    }

    [Fact]
    public async Task The_address_stays_silent_for_another_customer_id_too_even_after_an_import()
    {
        await email.Anonymous.PostAsync(link, OneClick(false), Ct);
        var imported = Guid.CreateVersion7();
        await email.HearsAsync(Profile(imported, 1, AddressOf(anna)));
        await email.HearsAsync(new ConsentChanged(imported, ConsentPurposes.EmailMarketing, true, "import", Now));
        await email.HearsAsync(Cart(imported, "C5"));
        await email.SettlesAsync();

        var reasons = await email.Database.QueryAsync<string>(
            "select reason from mails where customer_id = @Id",
            new { Id = imported },
            Ct
        );
        Assert.Equal(["unsubscribed"], reasons);
    }

    [Fact]
    public async Task Who_agrees_again_gets_mail_again_and_can_leave_by_the_same_link()
    {
        await email.Anonymous.PostAsync(link, OneClick(false), Ct);
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now.AddSeconds(1)));
        Assert.Equal("sent", await NextMailAsync("C1"));

        await email.Anonymous.PostAsync(link, OneClick(false), Ct);
        Assert.Equal("consent-withdrawn", await NextMailAsync("C2"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_changed_link_is_answered_with_what_to_do(string method)
    {
        var path = link.OriginalString;
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), UriKind.Relative)
        );

        using var answer = await email.Anonymous.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<Microsoft.AspNetCore.Mvc.ProblemDetails>(Ct);
        Assert.Equal("/problems/unsubscribe-link-not-found", problem!.Type);
        Assert.Contains("copy it whole", problem.Detail);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_no_reason_to_keep_somebody()
    {
        using var body = new StringContent("{ not a form", Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.OK, (await email.Anonymous.PostAsync(link, body, Ct)).StatusCode);
        Assert.Equal("consent-withdrawn", await NextMailAsync());
    }
}
