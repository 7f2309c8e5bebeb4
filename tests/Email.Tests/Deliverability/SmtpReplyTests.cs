using MarketingPlatform.Email.Deliverability;
using Xunit;

namespace MarketingPlatform.Email.Tests.Deliverability;

public sealed class SmtpReplyTests
{
    [Theory]
    // Google, Microsoft, Yahoo, Postfix, Exim, a null MX, a discontinued mailbox.
    [InlineData(
        550,
        "5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address"
    )]
    [InlineData(550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")]
    [InlineData(550, "5.1.1 <anna@example.com>: Recipient address rejected: User unknown in virtual mailbox table")]
    [InlineData(
        554,
        "delivery error: dd This user doesn't have a yahoo.com account (anna@yahoo.com) [0] - mta1.mail.yahoo.com: no such user"
    )]
    [InlineData(550, "No Such User Here")]
    [InlineData(556, "5.1.10 Recipient address has null MX")]
    [InlineData(550, "5.2.1 The email account that you tried to reach is disabled.")]
    [InlineData(550, "5.1.2 Host or domain name not found")]
    public void A_refusal_of_the_address_is_about_the_address(int code, string text) =>
        Assert.Equal(RefusalCause.Address, SmtpReply.Read(code, text).Cause);

    [Theory]
    [InlineData(550, "5.7.1 Our system has detected that this message is likely unsolicited mail.")]
    [InlineData(550, "5.7.26 This mail has been blocked because the sender is unauthenticated.")]
    [InlineData(554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org")]
    [InlineData(550, "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.")]
    [InlineData(554, "Your access to this mail system has been rejected due to the sending MTA's poor reputation.")]
    [InlineData(550, "Recipient address rejected: your host is listed at bl.example.org")]
    [InlineData(550, "5.1.8 <news@shop.example>: Sender address rejected: Domain not found")]
    public void A_refusal_of_the_sender_is_not(int code, string text) =>
        Assert.Equal(RefusalCause.Policy, SmtpReply.Read(code, text).Cause);

    [Theory]
    [InlineData(552, "5.7.0 This message was blocked because its content presents a potential security issue.", RefusalCause.Policy)]
    [InlineData(554, "5.6.1 Message content rejected", RefusalCause.Content)]
    [InlineData(554, "This message contains a virus", RefusalCause.Content)]
    [InlineData(552, "5.2.2 The email account that you tried to reach is over quota", RefusalCause.Mailbox)]
    [InlineData(552, "5.3.4 Message size exceeds fixed limit", RefusalCause.Mailbox)]
    [InlineData(500, "5.3.0 Error: command failed", RefusalCause.Unknown)]
    [InlineData(550, "Requested action not taken", RefusalCause.Unknown)]
    [InlineData(450, "4.1.1 <anna@example.com>: Recipient address rejected: User unknown in local recipient table", RefusalCause.Passing)]
    [InlineData(451, "4.7.1 Greylisting in action, please come back later", RefusalCause.Passing)]
    public void Content_full_mailboxes_what_passes_and_what_says_nothing_blame_nobody(int code, string text, object cause) =>
        Assert.Equal((RefusalCause)cause, SmtpReply.Read(code, text).Cause);

    [Fact]
    public void The_evidence_keeps_the_servers_words_and_not_the_address() =>
        Assert.Equal(
            "550 5.1.1 <<recipient>>: user unknown",
            SmtpReply.Read(550, "5.1.1 <Anna@Example.com>: user unknown").Evidence("anna@example.com")
        );
}
