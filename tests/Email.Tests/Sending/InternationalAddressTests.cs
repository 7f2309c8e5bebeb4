using System.Net;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Tests.Sending.Transport;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>Addresses in other letters than ASCII, from the API to the server.</summary>
[Collection(HostedEmail.Name)]
public sealed class InternationalAddressTests
{
    private static async Task<Message> SendAsync(int port, string to)
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{port}"));
        var answer = await email.PostAsync(Routes.Messages, new { to, content = new { subject = "您好", text = "Grüße" } });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await email.SettlesAsync();
        return Assert.Single((await email.GetAsync<Page<Message>>(Routes.Messages)).Items);
    }

    [Fact]
    public async Task A_server_that_knows_them_gets_the_address_in_its_own_letters()
    {
        await using var server = new Utf8SmtpServer();

        var mail = await SendAsync(server.Port, "用户@bücher.example");

        Assert.Equal("sent", mail.Status);
        var (sender, recipient, _) = Assert.Single(server.Mails);
        Assert.Contains("SMTPUTF8", sender);
        Assert.StartsWith("RCPT TO:<用户@bücher.example>", recipient);
        var message = server.Message();
        Assert.Equal("您好", message.Subject);
        Assert.Equal("用户", message.To.Mailboxes.Single().LocalPart);
        Assert.Equal("Grüße", message.TextBody!.Trim());
    }

    [Fact]
    public async Task A_server_that_does_not_know_them_refuses_that_mail_and_takes_a_domain_in_punycode()
    {
        await using var sink = await SmtpSink.StartAsync();

        var local = await SendAsync(sink.Port, "用户@example.com");
        var domain = await SendAsync(sink.Port, "anna@bücher.example");

        Assert.Equal("failed", local.Status);
        Assert.Contains("SMTPUTF8", local.Reason);
        Assert.Equal("sent", domain.Status);
        Assert.Single(sink.Mails.GetFiles());
    }
}
