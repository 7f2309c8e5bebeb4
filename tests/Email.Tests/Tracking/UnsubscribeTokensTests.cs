using System.Security.Cryptography;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Tracking;
using Xunit;

namespace MarketingPlatform.Email.Tests.Tracking;

public class UnsubscribeTokensTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Key = SHA256.HashData("a key"u8);
    private static readonly Guid Mail = Guid.CreateVersion7(Now);

    [Fact]
    public void A_token_leads_back_to_its_mail() => Assert.Equal(Mail, UnsubscribeTokens.Read(UnsubscribeTokens.Create(Mail, Key), Key));

    [Fact]
    public void A_token_fits_into_a_path() => Assert.Matches("^[A-Za-z0-9_-]{64}$", UnsubscribeTokens.Create(Mail, Key));

    [Fact]
    public void Changing_any_character_voids_it()
    {
        var token = UnsubscribeTokens.Create(Mail, Key);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Null(UnsubscribeTokens.Read(new string(changed), Key));
        }
    }

    [Fact]
    public void A_token_of_another_deployment_is_void() =>
        Assert.Null(UnsubscribeTokens.Read(UnsubscribeTokens.Create(Mail, SHA256.HashData("another"u8)), Key));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("=")]
    [InlineData("../../etc/passwd")]
    [InlineData("%00")]
    [InlineData("ž")]
    public void Nonsense_is_void(string token) => Assert.Null(UnsubscribeTokens.Read(token, Key));

    [Fact]
    public void Endless_nonsense_is_void() => Assert.Null(UnsubscribeTokens.Read(new string('A', 100_000), Key));

    private static readonly Person Anna = new(Mail, "anna@example.com", "Anna", null, true, Now.AddHours(-1), "form", null, null);

    [Fact]
    public void The_first_no_counts_from_now() => Assert.Equal(Now, Unsubscribe.Decide(Anna, "anna@example.com", Now));

    [Fact]
    public void A_second_no_changes_nothing() =>
        Assert.Null(
            Unsubscribe.Decide(
                Anna with
                {
                    ConsentGranted = false,
                    SuppressedFor = "unsubscribed",
                    SuppressedAt = Now,
                },
                "anna@example.com",
                Now
            )
        );

    [Fact]
    public void After_agreeing_again_an_old_link_still_leads_out() =>
        Assert.Equal(
            Now,
            Unsubscribe.Decide(Anna with { SuppressedFor = "unsubscribed", SuppressedAt = Now.AddDays(-9) }, "anna@example.com", Now)
        );

    [Fact]
    public void The_no_wins_over_a_consent_from_a_clock_that_runs_ahead() =>
        Assert.True(Unsubscribe.Decide(Anna with { ConsentAt = Now.AddMinutes(2) }, "anna@example.com", Now) > Now.AddMinutes(2));
}
