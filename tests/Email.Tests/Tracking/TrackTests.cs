using System.Net;
using System.Text.RegularExpressions;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Tracking;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Tracking;

/// <summary>A service that labels soon.</summary>
public sealed class TrackingEmail : IAsyncLifetime
{
    internal RunningEmail Email { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Email = await StartAsync(settings: [("Email:LabelAfter", "00:00:00.3"), ("Email:LabelInterval", "00:00:00.1")]);

    public ValueTask DisposeAsync() => Email.DisposeAsync();
}

[Collection(HostedEmail.Name)]
public sealed partial class TrackTests(TrackingEmail tracking) : IClassFixture<TrackingEmail>, IAsyncLifetime
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    private readonly RunningEmail email = tracking.Email;
    private Guid anna;
    private string html = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        anna = await email.KnowsAsync();
        html = Assert.Single(await email.OutboxAsync(AddressOf(anna))).HtmlBody!;
        // Whoever opens within seconds of the sending is no person.
        await SentAtAsync(Now.AddHours(-1));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<int> SentAtAsync(DateTimeOffset time) =>
        email.Database.ExecuteAsync("update mails set sent_at = @Time where customer_id = @Anna", new { Time = time, Anna = anna }, Ct);

    private Task<int> EventsAsync(string where = "true") =>
        email.Database.QuerySingleAsync<int>(
            $"select count(*)::int from mail_events where customer_id = @Anna and {where}",
            new { Anna = anna },
            Ct
        );

    private async Task<HttpResponseMessage> GetAsync(string address, string agent = Browser, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(new Uri(address).PathAndQuery, UriKind.Relative));
        if (agent.Length > 0)
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        return await email.Anonymous.SendAsync(request, Ct);
    }

    private List<string> Addresses(string part) =>
        [.. Tracked().Matches(html).Select(match => WebUtility.HtmlDecode(match.Value)).Where(a => a.Contains(part))];

    [Fact]
    public async Task A_click_leads_to_the_page_and_is_told_once_it_is_labelled()
    {
        using var answer = await GetAsync(Addresses("/email/l/")[1]);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("https://shop.example/?utm_source=email", answer.Headers.Location!.AbsoluteUri);
        var told = Assert.Single(await email.PublishesAsync<EmailClicked>(e => e.CustomerId == anna));
        Assert.Equal(("welcome", MailEventLabels.Human), (told.Template, told.Label));
    }

    [Fact]
    public async Task A_link_to_a_site_with_a_name_in_other_letters_leads_there()
    {
        const string Url = "https://müller.example/%C3%BC?x=1";
        var mail = await email.Database.QuerySingleAsync<Guid>("select id from mails where customer_id = @Anna", new { Anna = anna }, Ct);
        var key = await email.Service<SigningKeys>().TrackingAsync(Ct);
        var token = TrackingTokens.Create(new(mail, TrackedKind.Click, 0, 2), Url, key);

        using var answer = await GetAsync($"https://mail.example/email/l/{token}?u={Uri.EscapeDataString(Url)}");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("https://xn--mller-kva.example/%C3%BC?x=1", Assert.Single(answer.Headers.GetValues("Location")));
    }

    [Fact]
    public async Task Raw_and_human_figures_stand_side_by_side()
    {
        var day = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        await SentAtAsync(day.AddHours(9));
        await GetAsync(Addresses("/email/o/")[0]);
        await GetAsync(Addresses("/email/o/")[0], "Mozilla/5.0");
        await GetAsync(Addresses("/email/l/")[1], "curl/8.0");
        await GetAsync(Addresses("/email/l/")[1], method: HttpMethod.Head);
        await email.PublishesAsync<EmailOpened>(e => e.Label == MailEventLabels.PrivacyProxy);
        await EventuallyAsync(async () => await EventsAsync("label is null") == 0);

        var totals = Assert.Single(
            (
                await email.GetAsync<Page<MailTotals>>(
                    $"/api/v1/messages/totals?from={day:yyyy-MM-dd}T00:00:00Z&to={day.AddDays(1):yyyy-MM-dd}T00:00:00Z"
                )
            ).Items
        );
        Assert.Equal(
            ("welcome", 1, 2, 1, 2, 0),
            (totals.Template, totals.Sent, totals.RawOpens, totals.HumanOpens, totals.RawClicks, totals.HumanClicks)
        );
        var mail = Assert.Single(await email.MailsAsync(anna));
        var events = await email.GetAsync<Page<MailEvent>>($"/api/v1/messages/{mail.Id}/events");
        Assert.Equal(["human", "privacy-proxy", "scanner", "scanner"], events.Items.Select(e => e.Label).Order());
    }

    [Fact]
    public async Task A_link_to_elsewhere_or_changed_leads_nowhere()
    {
        var link = Addresses("/email/l/")[0];
        foreach (
            var bad in new[]
            {
                Target().Replace(link, "u=https%3A%2F%2Fevil.example%2F"),
                link.Split('?')[0],
                Addresses("/email/o/")[0].Replace("/o/", "/l/") + "?u=https%3A%2F%2Fevil.example%2F",
            }
        )
        {
            using var answer = await GetAsync(bad);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Null(answer.Headers.Location);
        }
        Assert.Equal(0, await EventsAsync());
    }

    [Fact]
    public async Task The_picture_is_shown_whatever_its_address_says()
    {
        using var answer = await GetAsync("https://door.example/email/o/nonsense");

        Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, await EventsAsync());
    }

    [Fact]
    public async Task Who_is_forgotten_is_not_watched()
    {
        await email.HearsAsync(new Contracts.Customers.CustomerErased(anna, Now));

        using var answer = await GetAsync(Addresses("/email/l/")[0]);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(0, await EventsAsync());
    }

    [GeneratedRegex("https://tea\\.example/email/[lo]/[^\"]+")]
    private static partial Regex Tracked();

    [GeneratedRegex("u=.*$")]
    private static partial Regex Target();
}
