using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending;

public class SendDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly EmailOptions Options = new();
    private static readonly Person Anna = new(Guid.CreateVersion7(Now), "anna@example.com", "Anna", null, true, Now, "form", null, null);

    private static SendDecision Decide(Person? person, TimeSpan age) =>
        SendDecision.Decide(person, MailPurpose.Marketing, Now - age, Options, Now);

    [Fact]
    public void A_person_who_agreed_gets_the_mail() => Assert.IsType<SendDecision.Send>(Decide(Anna, TimeSpan.Zero));

    [Fact]
    public void A_mail_that_overtook_its_recipient_waits_a_little() =>
        Assert.Equal(new SendDecision.Wait("no-address"), Decide(null, TimeSpan.FromSeconds(1)));

    [Fact]
    public void It_does_not_wait_for_ever() =>
        Assert.Equal(new SendDecision.Suppress("no-address"), Decide(null, Options.WaitForRecipient));

    [Fact]
    public void A_withdrawal_takes_effect_at_once() =>
        Assert.Equal(new SendDecision.Suppress("consent-withdrawn"), Decide(Anna with { ConsentGranted = false }, TimeSpan.Zero));

    [Fact]
    public void A_mail_that_could_not_leave_in_time_never_does() =>
        Assert.IsType<SendDecision.GiveUp>(Decide(Anna, Options.GiveUpAfter + TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(11, 2048)]
    [InlineData(12, 3600)]
    [InlineData(5000, 3600)]
    public void Pauses_between_attempts_double_up_to_an_hour(int attempts, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), MailLedger.PauseAfter(attempts));
}
