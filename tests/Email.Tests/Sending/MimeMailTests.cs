using System.Text;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending;

public class MimeMailTests
{
    private const string MessageId = "0198c0de@shop.example";
    private static readonly Uri Unsubscribe = new("https://shop.example/email/unsubscribe/" + new string('t', 64));
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly MailboxAddress From = new("Tea & Co", "news@shop.example");

    private static string Wire(MimeMessage message)
    {
        using var stream = new MemoryStream();
        message.WriteTo(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n");
    }

    private static MimeMessage Build(string subject = "Hello", string? firstName = "Anna", string? lastName = null) =>
        MimeMail.Build(
            From,
            MimeMail.Recipient("anna@example.com", firstName, lastName)!,
            new MailContent(subject, "<p>Hello Zoë</p>", "Hello Zoë"),
            Unsubscribe,
            MessageId,
            Now
        );

    [Fact]
    public void A_mail_has_a_plain_and_an_html_part_in_that_order()
    {
        var body = Assert.IsType<MultipartAlternative>(Build().Body);

        Assert.Equal(["text/plain", "text/html"], body.Select(part => part.ContentType.MimeType));
        Assert.Equal("Hello Zoë", body.TextBody);
        Assert.Equal("<p>Hello Zoë</p>", body.HtmlBody);
    }

    [Fact]
    public void The_headers_of_one_click_unsubscribe_stand_as_RFC_8058_writes_them()
    {
        var headers = Wire(Build())
            .Split("\n\n")[0]
            .Replace("\n ", " ", StringComparison.Ordinal)
            .Replace("\n\t", " ", StringComparison.Ordinal)
            .Split('\n');

        Assert.Contains($"List-Unsubscribe: <{Unsubscribe}>", headers);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", headers);
        Assert.Contains($"Message-Id: <{MessageId}>", headers);
    }

    [Theory]
    [InlineData("Łukasz, tęskni ☕")]
    [InlineData("雪さん、カートに商品が残っています、どうぞお早めにご確認くださいますようお願い申し上げます")]
    public void Any_script_travels_in_ascii_headers_and_comes_back_whole(string subject)
    {
        var wire = Wire(Build(subject, "Zoë", "O’Brien, Jr."));

        Assert.All(wire, character => Assert.True(character < 128, $"'{character}' is not ASCII"));
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(wire));
        var read = MimeMessage.Load(stream, TestContext.Current.CancellationToken);
        Assert.Equal(subject, read.Subject);
        Assert.Equal("Zoë O’Brien, Jr.", read.To.Mailboxes.Single().Name);
    }

    [Theory]
    [InlineData("Anna\r\nBcc: everyone@example.com")]
    [InlineData("Anna\nBcc: everyone@example.com")]
    [InlineData("Anna\r\n\r\n<script>")]
    [InlineData("Anna\" <evil@example.com>, \"")]
    [InlineData("Anna\u0085Bcc: everyone@example.com")]
    public void A_name_cannot_add_a_header_or_a_recipient(string name)
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(Wire(Build("Hello", name))));
        var read = MimeMessage.Load(stream, TestContext.Current.CancellationToken);

        Assert.Equal("anna@example.com", read.To.Mailboxes.Single().Address);
        Assert.Empty(read.Bcc);
        Assert.Equal("Hello Zoë", read.TextBody?.Trim());
        Assert.Equal(
            ["Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id", "MIME-Version", "Subject", "To"],
            read.Headers.Select(header => header.Field).Order(StringComparer.OrdinalIgnoreCase)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("anna")]
    [InlineData("anna@")]
    [InlineData("anna@example.com, eve@example.com")]
    [InlineData("anna@example.com\r\nBcc: eve@example.com")]
    [InlineData("Anna <anna@example.com>")]
    public void What_is_no_single_address_is_not_mailed(string? address) => Assert.Null(MimeMail.Recipient(address, "Anna"));
}
