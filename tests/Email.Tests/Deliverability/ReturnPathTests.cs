using CsCheck;
using MarketingPlatform.Email.Deliverability;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Deliverability;

public sealed class ReturnPathTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly MailboxAddress Mailbox = new(null, "bounces@shop.example");

    [Fact]
    public void A_bounce_names_its_mail_whatever_case_the_server_makes_of_it() =>
        Gen.Guid.Sample(mail =>
        {
            var address = ReturnPath.Create(Mailbox, mail, Key).Address;
            Assert.StartsWith("bounces+", address);
            Assert.True(address.IndexOf('@', StringComparison.Ordinal) <= 64, "RFC 5321: at most 64 octets before the @");
            Assert.Equal(mail, ReturnPath.Read(address, Key));
            Assert.Equal(mail, ReturnPath.Read(address.ToUpperInvariant(), Key));
        });

    [Fact]
    public void Nobody_else_can_make_one() =>
        Gen.Select(Gen.Guid, Gen.Int[8, 50], Gen.Char['a', 'z'])
            .Sample(
                (mail, at, letter) =>
                {
                    var address = ReturnPath.Create(Mailbox, mail, Key).Address;
                    var forged = address.Remove(at, 1).Insert(at, letter.ToString());
                    Assert.True(forged == address || ReturnPath.Read(forged, Key) != mail);
                    Assert.Null(ReturnPath.Read(address, [.. Key.Reverse()]));
                }
            );

    [Theory]
    [InlineData("")]
    [InlineData("bounces@shop.example")]
    [InlineData("bounces+@shop.example")]
    [InlineData("bounces+abc-def@shop.example")]
    [InlineData("@+")]
    public void What_is_not_ours_is_nobodys(string address) => Assert.Null(ReturnPath.Read(address, Key));
}
