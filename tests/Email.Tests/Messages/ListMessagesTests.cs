using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Messages;

[Collection(HostedEmail.Name)]
public sealed class ListMessagesTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_show_every_mail_once_newest_first()
    {
        var anna = await email.KnowsAsync();
        for (var i = 0; i < 4; i++)
            await email.HearsAsync(Cart(anna, $"C{i}"));
        await email.SettlesAsync();

        List<Message> seen = [];
        string? cursor = null;
        do
        {
            var page = await email.GetAsync<Page<Message>>($"/api/v1/messages?customer={anna}&limit=2&cursor={cursor}");
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.OrderByDescending(mail => mail.Id.ToString()).Select(mail => mail.Id), seen.Select(mail => mail.Id));
        Assert.Equal("welcome", seen[^1].Automation);
    }

    [Fact]
    public async Task One_mail_can_be_looked_at_by_its_id()
    {
        var anna = await email.KnowsAsync();
        var mail = Assert.Single(await email.MailsAsync(anna));

        var json = await email.GetAsync<JsonElement>($"/api/v1/messages/{mail.Id}");

        Assert.Equal(
            ["automation", "createdAt", "customerId", "id", "location", "products", "purpose", "route", "sentAt", "status", "subject"],
            json.EnumerateObject().Select(property => property.Name).Order()
        );
        Assert.Equal(HttpStatusCode.NotFound, (await email.Http.GetAsync($"/api/v1/messages/{anna}", Ct)).StatusCode);
    }

    [Fact]
    public async Task Every_bad_parameter_is_named()
    {
        var answer = await email.Http.GetAsync("/api/v1/messages?customer=anna&status=lost&limit=0&cursor=x", Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(
            ["cursor", "customer", "limit", "status"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order()
        );
    }

    [Fact]
    public async Task Mails_are_nobodys_business_without_a_key() =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await email.Anonymous.GetAsync("/api/v1/messages", Ct)).StatusCode);
}
