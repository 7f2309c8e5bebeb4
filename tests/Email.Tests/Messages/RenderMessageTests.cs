using System.Net;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Decisions;
using MarketingPlatform.Email.Messages;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Messages;

[Collection(HostedEmail.Name)]
public sealed class RenderMessageTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_that_is_a_file_is_shown_as_it_left()
    {
        var anna = await email.KnowsAsync();
        var mail = Assert.Single(await email.MailsAsync(anna));
        var left = Assert.Single(await email.OutboxAsync(AddressOf(anna)));

        var rendered = await email.GetAsync<RenderedMessage>($"/api/v1/messages/{mail.Id}/rendered");

        Assert.True(rendered.Exact);
        Assert.Equal(left.HtmlBody, rendered.Html);
    }

    [Fact]
    public async Task A_mail_whose_file_is_gone_is_rendered_again_from_the_ledger()
    {
        var anna = await email.KnowsAsync();
        await email.HearsAsync(Cart(anna, "rendered"));
        var mail = Assert.Single(await email.MailsAsync(anna, "abandoned-cart"));
        File.Delete(mail.Location!);

        var rendered = await email.GetAsync<RenderedMessage>($"/api/v1/messages/{mail.Id}/rendered");

        Assert.False(rendered.Exact);
        Assert.Contains("Green tea", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("Anna", rendered.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_outside_of_the_outbox_is_not_read()
    {
        var anna = await email.KnowsAsync();
        var mail = Assert.Single(await email.MailsAsync(anna));
        var elsewhere = Path.Combine(Path.GetTempPath(), mail.Id.ToString("N") + ".eml");
        await File.WriteAllTextAsync(elsewhere, "Content-Type: text/html\r\n\r\nsecret", Ct);
        try
        {
            await email.Database.ExecuteAsync("update mails set location = @elsewhere where id = @Id", new { elsewhere, mail.Id }, Ct);

            var rendered = await email.GetAsync<RenderedMessage>($"/api/v1/messages/{mail.Id}/rendered");

            Assert.DoesNotContain("secret", rendered.Html, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(elsewhere);
        }
    }

    [Fact]
    public async Task A_mail_that_was_held_back_was_never_written()
    {
        var anna = await email.KnowsAsync(consent: false);
        await email.HearsAsync(Cart(anna, "held-back"));
        var mail = Assert.Single(await email.MailsAsync(anna));

        using var answer = await email.Http.GetAsync($"/api/v1/messages/{mail.Id}/rendered", Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_overview_counts_by_day_and_by_automation()
    {
        var anna = await email.KnowsAsync();
        await email.MailsAsync(anna);

        var overview = await email.GetAsync<JsonElement>("/api/v1/messages/overview?days=7");

        var days = overview.GetProperty("days").EnumerateArray().ToArray();
        Assert.Equal(7, days.Length);
        Assert.Equal(
            days.Select(day => day.GetProperty("day").GetString()).Order(StringComparer.Ordinal),
            days.Select(day => day.GetProperty("day").GetString())
        );
        Assert.True(days[^1].GetProperty("sent").GetInt64() > 0);
        var welcome = overview
            .GetProperty("automations")
            .EnumerateArray()
            .Single(one => one.GetProperty("automation").GetString() == "welcome");
        Assert.True(welcome.GetProperty("sent").GetInt64() > 0);
        Assert.Equal(HttpStatusCode.BadRequest, (await email.Http.GetAsync("/api/v1/messages/overview?days=0", Ct)).StatusCode);
    }

    [Fact]
    public async Task Decisions_say_in_words_why_somebody_got_a_mail_and_why_not()
    {
        var anna = await email.KnowsAsync(consent: false);
        await email.HearsAsync(Cart(anna, "why-not"));
        await email.MailsAsync(anna);
        var bert = await email.KnowsAsync();
        await email.MailsAsync(bert);

        var why = Assert.Single((await email.GetAsync<Page<DecisionView>>($"/api/v1/email/decisions?customer={bert}")).Items);
        var whyNot = Assert.Single((await email.GetAsync<Page<DecisionView>>($"/api/v1/email/decisions?customer={anna}")).Items);

        Assert.Equal(("sent", "Marketing mail was allowed for the first time."), (why.Decision, why.Why));
        Assert.Equal("suppressed", whyNot.Decision);
        Assert.StartsWith("A cart with 2 lines was left behind. Held back: ", whyNot.Why, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await email.Http.GetAsync("/api/v1/email/decisions", Ct)).StatusCode);
    }
}
