using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Platform.Hosting;
using MimeKit;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Messages;

[Collection(HostedEmail.Name)]
public sealed class SendMessageTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string NewAddress() => $"buyer-{Guid.CreateVersion7():N}@example.com";

    private async Task<AcceptedMessage> SendAsync(object request, string? key = null)
    {
        var answer = await email.PostAsync(Routes.Messages, request, key);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<AcceptedMessage>(Json.Options, Ct))!;
    }

    [Fact]
    public async Task A_receipt_leaves_with_its_attachments_exactly_as_it_was_given()
    {
        var to = NewAddress();

        var accepted = await SendAsync(
            new
            {
                to,
                name = "Bär, \"Zoë\" <x@y>",
                replyTo = "help@shop.example",
                content = new
                {
                    subject = "Your order {{ 7 }}",
                    html = "<p>{{ kept }}</p>",
                    text = "Thanks",
                },
                attachments = new[]
                {
                    new
                    {
                        name = "Rechnung März.pdf",
                        contentType = "application/pdf",
                        content = Convert.ToBase64String(Encoding.UTF8.GetBytes("%PDF-1.7 not really")),
                    },
                },
            }
        );

        var mail = Assert.Single(await email.OutboxAsync(to));
        Assert.Equal(accepted.MessageId, mail.MessageId);
        Assert.Equal("Your order {{ 7 }}", mail.Subject);
        Assert.Equal("<p>{{ kept }}</p>", mail.HtmlBody);
        Assert.Equal("Thanks", mail.TextBody);
        Assert.Equal("Bär, \"Zoë\" <x@y>", mail.To.Mailboxes.Single().Name);
        Assert.Equal("help@shop.example", mail.ReplyTo.Mailboxes.Single().Address);
        Assert.Null(mail.Headers["List-Unsubscribe"]);
        var attachment = Assert.IsType<MimePart>(Assert.Single(mail.Attachments));
        Assert.Equal(("Rechnung März.pdf", "application/pdf"), (attachment.FileName, attachment.ContentType.MimeType));
        using var content = new MemoryStream();
        await attachment.Content!.DecodeToAsync(content, Ct);
        Assert.Equal("%PDF-1.7 not really", Encoding.UTF8.GetString(content.ToArray()));
        Assert.Equal("sent", (await email.GetAsync<Message>($"{Routes.Messages}/{accepted.Id}")).Status);
    }

    [Fact]
    public async Task A_template_can_be_named_instead()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));

        await SendAsync(new { customerId = anna, content = new { template = "welcome" } });

        Assert.Contains("Anna", Assert.Single(await email.OutboxAsync(AddressOf(anna))).HtmlBody);
    }

    [Fact]
    public async Task A_repeated_request_with_its_key_is_one_mail()
    {
        var to = NewAddress();
        object request = new { to, content = new { subject = "One", text = "x" } };
        var key = Guid.CreateVersion7().ToString();

        var accepted = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync(request, key)));
        await SendAsync(request);

        Assert.Single(accepted.Select(message => message.Id).Distinct());
        Assert.Equal(2, (await email.OutboxAsync(to)).Count);
    }

    public static TheoryData<string, string> Injections =>
        new()
        {
            { "to", """{"to":"a@example.com\r\nBcc: b@example.com","content":{"subject":"x","text":"x"}}""" },
            { "to", """{"to":"a@example.com, b@example.com","content":{"subject":"x","text":"x"}}""" },
            { "to", """{"to":"Anna <a@example.com>","content":{"subject":"x","text":"x"}}""" },
            { "name", """{"to":"a@example.com","name":"A\nBcc: b@example.com","content":{"subject":"x","text":"x"}}""" },
            { "replyTo", """{"to":"a@example.com","replyTo":"r@example.com\r\nX: y","content":{"subject":"x","text":"x"}}""" },
            { "content.subject", """{"to":"a@example.com","content":{"subject":"x\u2028Bcc: b@example.com","text":"x"}}""" },
            { "content.subject", """{"to":"a@example.com","content":{"subject":"x\u0000","text":"x"}}""" },
            {
                "attachments[0].name",
                """{"to":"a@example.com","content":{"subject":"x","text":"x"},"attachments":[{"name":"a\r\nX: y","contentType":"text/plain","content":"eA=="}]}"""
            },
            {
                "attachments[0].contentType",
                """{"to":"a@example.com","content":{"subject":"x","text":"x"},"attachments":[{"name":"a","contentType":"multipart/mixed","content":"eA=="}]}"""
            },
            { "content.localeWords.de", """{"to":"a@example.com","content":{"template":"welcome","localeWords":{"de":null}}}""" },
            {
                "attachments[0].contentType",
                """{"to":"a@example.com","content":{"subject":"x","text":"x"},"attachments":[{"name":"a","contentType":"text/plain\r\nX: y","content":"eA=="}]}"""
            },
        };

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task A_field_that_would_start_a_header_is_refused_by_name(string field, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");

        var answer = await email.Http.PostAsync(Routes.Messages, content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("""{"to":"a@example.com","content":{"subject":"x","text":"x"},"attachments":[null]}""")]
    [InlineData("""{"to":"a@example.com","content":{"subject":"x","html":"a\u0000b"}}""")]
    public async Task What_no_mail_can_hold_is_the_callers_mistake_and_not_ours(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");

        var answer = await email.Http.PostAsync(Routes.Messages, content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Every_other_bad_field_is_named_too()
    {
        var answer = await email.PostAsync(
            Routes.Messages,
            new
            {
                purpose = "spam",
                content = new { template = "no-such-template" },
                attachments = new[]
                {
                    new
                    {
                        name = "",
                        contentType = "pdf",
                        content = "***",
                    },
                },
            }
        );

        Assert.Equal(
            ["attachments[0].content", "attachments[0].contentType", "attachments[0].name", "content.template", "purpose", "to"],
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order()
        );
    }

    [Fact]
    public async Task A_domain_in_other_letters_is_mailed_in_punycode()
    {
        var local = $"buyer-{Guid.CreateVersion7():N}";

        await SendAsync(new { to = $"{local}@bücher.example", content = new { subject = "Grüße 你好 🫖", text = "Schöne Grüße" } });

        // MimeKit reads punycode back into letters.
        var mail = Assert.Single(await email.OutboxAsync($"{local}@bücher.example"));
        Assert.Equal(("Grüße 你好 🫖", "Schöne Grüße"), (mail.Subject, mail.TextBody));
    }

    [Fact]
    public async Task The_messages_of_a_forgotten_person_are_forgotten_whether_or_not_they_were_known_then()
    {
        var anna = await email.KnowsAsync(address: null, at: Now.AddDays(-2));
        var address = AddressOf(anna);
        var before = await SendAsync(new { to = address, content = new { subject = "x", text = "x" } });
        await email.OutboxAsync(address);
        await email.HearsAsync(Profile(anna, 2, address));
        var after = await SendAsync(new { to = address, content = new { subject = "x", text = "x" } });
        await email.OutboxAsync(address);

        await email.HearsAsync(new MarketingPlatform.Contracts.Customers.CustomerErased(anna, Now));

        foreach (var message in new[] { before, after })
            Assert.Equal(HttpStatusCode.NotFound, (await email.Http.GetAsync($"{Routes.Messages}/{message.Id}", Ct)).StatusCode);
        Assert.Equal(
            0,
            await email.Database.QuerySingleAsync<long>(
                "select count(*) from message_contents where mail_id = any(@Ids)",
                new { Ids = new[] { before.Id, after.Id } },
                Ct
            )
        );
    }
}
