using MarketingPlatform.Email.Recipients;
using Xunit;

namespace MarketingPlatform.Email.Tests.Recipients;

public class MailPermissionTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly Person Anna = new(
        Guid.CreateVersion7(Monday),
        "anna@example.com",
        "Anna",
        null,
        true,
        Monday,
        "form",
        null,
        null
    );

    [Fact]
    public void Who_agreed_and_has_an_address_may_be_mailed() => Assert.Null(MailPermission.WhyNot(Anna));

    [Fact]
    public void A_stranger_has_no_address() => Assert.Equal("no-address", MailPermission.WhyNot(null));

    [Fact]
    public void Without_address_nothing_can_be_sent() => Assert.Equal("no-address", MailPermission.WhyNot(Anna with { Address = null }));

    [Fact]
    public void Silence_is_no_consent() =>
        Assert.Equal("no-consent", MailPermission.WhyNot(Anna with { ConsentGranted = null, ConsentAt = null, ConsentSource = null }));

    [Fact]
    public void A_withdrawn_consent_is_respected() =>
        Assert.Equal("consent-withdrawn", MailPermission.WhyNot(Anna with { ConsentGranted = false }));

    [Fact]
    public void A_suppressed_address_is_not_mailed_whatever_a_profile_says() =>
        Assert.Equal(
            "unsubscribed",
            MailPermission.WhyNot(Anna with { SuppressedFor = "unsubscribed", SuppressedAt = Monday.AddHours(1) })
        );

    [Fact]
    public void Who_agrees_again_after_unsubscribing_is_welcome_again() =>
        Assert.Null(MailPermission.WhyNot(Anna with { SuppressedFor = "unsubscribed", SuppressedAt = Monday.AddHours(-1) }));

    [Fact]
    public void An_import_does_not_undo_an_unsubscribe() =>
        Assert.Equal(
            "unsubscribed",
            MailPermission.WhyNot(
                Anna with
                {
                    SuppressedFor = "unsubscribed",
                    SuppressedAt = Monday.AddHours(-1),
                    ConsentSource = "import",
                }
            )
        );

    [Fact]
    public void A_complaint_is_never_lifted_by_a_later_consent() =>
        Assert.Equal("complaint", MailPermission.WhyNot(Anna with { SuppressedFor = "complaint", SuppressedAt = Monday.AddHours(-1) }));
}
