using MarketingPlatform.Email.Templates;
using MimeKit;
using MimeKit.Text;

namespace MarketingPlatform.Email.Sending;

/// <summary>What stands in a mail's headers beside sender, recipient and subject.</summary>
/// <param name="Unsubscribe">Null for mails that nobody can unsubscribe from (receipts).</param>
/// <param name="FeedbackId">See <see cref="MimeMail.FeedbackId"/>.</param>
internal sealed record MailHeaders(
    Uri? Unsubscribe,
    string MessageId,
    DateTimeOffset Date,
    string? FeedbackId = null,
    MailboxAddress? ReplyTo = null
);

/// <summary>
/// Builds the message as it goes over the wire: multipart/alternative, one-click unsubscribe (RFC 8058), no header but ours.
/// </summary>
internal static partial class MimeMail
{
    private static readonly System.Globalization.IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <param name="messageId">Without angle brackets; the same for the same mail, so that a receiver can drop a repetition.</param>
    public static MimeMessage Build(
        MailboxAddress from,
        MailboxAddress to,
        MailContent content,
        Uri unsubscribe,
        string messageId,
        DateTimeOffset date
    ) => Build(from, to, content, new MailHeaders(unsubscribe, messageId, date), []);

    public static MimeMessage Build(
        MailboxAddress from,
        MailboxAddress to,
        MailContent content,
        MailHeaders headers,
        IReadOnlyList<MailAttachment> attachments
    )
    {
        var body = BodyOf(content);
        if (attachments.Count > 0)
        {
            var mixed = new Multipart("mixed") { body };
            foreach (var attachment in attachments)
                mixed.Add(PartOf(attachment));
            body = mixed;
        }
        // The id is given at once: a message without one would make its own, from the name of the machine.
        var message = new MimeMessage(new Header(HeaderId.MessageId, $"<{headers.MessageId}>"), body)
        {
            Subject = content.Subject,
            Date = headers.Date,
        };
        message.From.Add(from);
        message.To.Add(to);
        if (headers.ReplyTo is not null)
            message.ReplyTo.Add(headers.ReplyTo);
        if (headers.Unsubscribe is { } unsubscribe)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{unsubscribe.AbsoluteUri}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
        if (headers.FeedbackId is not null)
            message.Headers.Add("Feedback-ID", headers.FeedbackId);
        return message;
    }

    /// <summary>
    /// Gmail's Feedback-ID: four fields, by the first three of which its Postmaster Tools report complaints, and a fixed sender at the end.
    /// </summary>
    public static string FeedbackId(string campaign, Guid? send, string purpose, string senderDomain) =>
        string.Join(':', Field(campaign), send is { } id ? id.ToString("N") : "", purpose, Field(senderDomain));

    private static string Field(string text) => NotForFields().Replace(text, "-");

    [System.Text.RegularExpressions.GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial System.Text.RegularExpressions.Regex NotForFields();

    private static MimeEntity BodyOf(MailContent content)
    {
        var html = new TextPart(TextFormat.Html) { Text = content.Html, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        var text = new TextPart(TextFormat.Plain) { Text = content.Text, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        return (content.Html.Length, content.Text.Length) switch
        {
            (0, _) => text,
            (_, 0) => html,
            _ => new MultipartAlternative { text, html },
        };
    }

    private static MimePart PartOf(MailAttachment attachment) =>
        new(ContentType.Parse(attachment.ContentType))
        {
            Content = new MimeContent(new MemoryStream(attachment.Content, writable: false)),
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = attachment.Name },
            ContentTransferEncoding = ContentEncoding.Base64,
            FileName = attachment.Name,
        };

    /// <returns>
    /// The recipient with a name of one clean line, or null where the address cannot be mailed. A domain in other letters than ASCII is
    /// written in punycode, so that every server takes it; the part before the @ stays as it is (SMTPUTF8).
    /// </returns>
    public static MailboxAddress? Recipient(string? address, params ReadOnlySpan<string?> names)
    {
        if (!MailboxAddress.TryParse(address, out var parsed) || parsed.Domain.Length == 0 || parsed.Address != address!.Trim())
            return null;
        if (!System.Text.Ascii.IsValid(parsed.Domain))
        {
            try
            {
                parsed = new MailboxAddress(null, $"{parsed.LocalPart}@{Idn.GetAscii(parsed.Domain)}");
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        var name = string.Join(' ', names.ToArray().Select(MailModel.Clean).Where(part => part is not null));
        return new MailboxAddress(name.Length > 0 ? name : null, parsed.Address);
    }
}
