using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Tests.Sending;
using MimeKit;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Consent;

[Collection(HostedEmail.Name)]
public sealed class ConsentQuestionTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private const string Automation = "double-opt-in";
    private readonly RunningEmail email = shared.Email;

    [Fact]
    public async Task A_question_is_mailed_once_however_often_it_comes_and_needs_no_consent()
    {
        var anna = await email.KnowsAsync(consent: null);
        var asked = Asked(anna);
        var first = await email.HearsAsync(asked);
        await email.HearsAsync(asked, first);
        await email.HearsAsync(asked);

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal((Automation, "sent", "Please confirm your address for Tea & Co"), (mail.Automation, mail.Status, mail.Subject));
        Assert.Empty(mail.Products);
        var message = Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Contains($"href=\"{asked.ConfirmUrl}\"", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(asked.ConfirmUrl, message.TextBody, StringComparison.Ordinal);
        Assert.Null(message.Headers[HeaderId.ListUnsubscribe]);
    }

    [Fact]
    public async Task A_new_question_is_a_new_mail()
    {
        var anna = await email.KnowsAsync(consent: null);
        await email.HearsAsync(Asked(anna));
        await email.HearsAsync(Asked(anna));

        Assert.Equal(2, (await email.MailsAsync(anna, Automation)).Count);
    }

    [Theory]
    [InlineData("de-AT", "Bitte bestätigen Sie Ihre Adresse für Tea & Co")]
    [InlineData("fr", "Merci de confirmer votre adresse pour Tea & Co")]
    public async Task The_question_waits_for_the_profile_it_overtook_and_speaks_the_persons_language(string language, string subject)
    {
        await using var patient = await RunningEmail.StartAsync(null, ("Email:WaitForRecipient", "00:05:00"));
        var anna = Guid.CreateVersion7();
        await patient.HearsAsync(Asked(anna));
        await patient.HearsAsync(Profile(anna, 1, AddressOf(anna)) with { Language = language });

        Assert.Equal(subject, Assert.Single(await patient.OutboxAsync(AddressOf(anna))).Subject);
    }

    [Fact]
    public async Task Where_no_profile_ever_comes_the_address_is_asked_all_the_same()
    {
        var anna = Guid.CreateVersion7();
        await email.HearsAsync(Asked(anna));

        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task The_question_goes_to_the_address_that_was_asked_about()
    {
        var anna = await email.KnowsAsync(consent: null);
        await email.HearsAsync(Asked(anna, address: $"new-{anna:N}@example.com"));

        Assert.Single(await email.OutboxAsync($"new-{anna:N}@example.com"));
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task Other_purposes_are_not_called_mail()
    {
        var anna = await email.KnowsAsync(consent: null);
        await email.HearsAsync(Asked(anna) with { Purpose = ConsentPurposes.Profiling });

        var message = Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Contains("See and confirm", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("write to this address", message.HtmlBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_no_that_was_said_after_the_question_stops_it_in_whatever_order_they_come(bool questionFirst)
    {
        // Nobody knows the address yet, so the question waits.
        await using var patient = await RunningEmail.StartAsync(null, ("Email:WaitForRecipient", "00:05:00"));
        var anna = Guid.CreateVersion7();
        object[] events =
        [
            Asked(anna, at: Now.AddMinutes(-1)),
            new ConsentChanged(anna, ConsentPurposes.EmailMarketing, false, "form", Now),
        ];
        foreach (var message in questionFirst ? events : events.Reverse())
            await patient.HearsAsync(message);
        await patient.HearsAsync(Profile(anna, 1, AddressOf(anna)));

        Assert.Empty(await patient.OutboxAsync(AddressOf(anna)));
        Assert.All(await patient.MailsAsync(anna), mail => Assert.Equal(("suppressed", "consent-withdrawn"), (mail.Status, mail.Reason)));
    }

    [Fact]
    public async Task An_earlier_no_does_not_stop_the_question_nor_does_one_to_another_purpose()
    {
        var anna = await email.KnowsAsync(consent: false, at: Now.AddMinutes(-5));
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.Chat, false, "form", Now));
        await email.HearsAsync(Asked(anna, at: Now.AddMinutes(-1)));

        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task A_link_that_has_expired_is_not_mailed_and_neither_is_one_of_somebody_erased()
    {
        var anna = await email.KnowsAsync(consent: null);
        await email.HearsAsync(Asked(anna) with { ExpiresAt = Now.AddSeconds(-1) });
        var ben = await email.KnowsAsync(consent: null);
        await email.HearsAsync(new CustomerErased(ben, Now));
        await email.HearsAsync(Asked(ben));

        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));
        Assert.Empty(await email.OutboxAsync(AddressOf(ben)));
    }

    [Fact]
    public async Task Over_smtp_it_leaves_once_with_its_link()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var smtp = await RunningEmail.StartAsync(null, ("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{sink.Port}"));
        var anna = await smtp.KnowsAsync(consent: null);
        var asked = Asked(anna);
        await smtp.HearsAsync(asked);
        await smtp.HearsAsync(asked);

        Assert.Equal("sent", Assert.Single(await smtp.MailsAsync(anna)).Status);
        var (_, recipient) = Assert.Single(sink.Taken("consent/confirm?token"));
        Assert.Equal(AddressOf(anna), recipient);
    }

    private static ConsentConfirmationRequested Asked(Guid customer, string? address = null, DateTimeOffset? at = null) =>
        new(
            customer,
            ConsentPurposes.EmailMarketing,
            address ?? AddressOf(customer),
            $"https://tea.example/consent/confirm?token={Guid.CreateVersion7():N}",
            Now.AddDays(7),
            at ?? Now
        );
}
