using MarketingPlatform.Email.Templates;
using MimeKit;
using MimeKit.Text;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Builds the message as it goes over the wire: multipart/alternative, one-click unsubscribe (RFC 8058), no header but ours.
/// </summary>
internal static class MimeMail
{
    /// <param name="messageId">Without angle brackets; the same for the same mail, so that a receiver can drop a repetition.</param>
    public static MimeMessage Build(
        MailboxAddress from,
        MailboxAddress to,
        MailContent content,
        Uri unsubscribe,
        string messageId,
        DateTimeOffset date
    )
    {
        var message = new MimeMessage
        {
            Subject = content.Subject,
            MessageId = messageId,
            Date = date,
            Body = new MultipartAlternative
            {
                new TextPart(TextFormat.Plain) { Text = content.Text, ContentTransferEncoding = ContentEncoding.QuotedPrintable },
                new TextPart(TextFormat.Html) { Text = content.Html, ContentTransferEncoding = ContentEncoding.QuotedPrintable },
            },
        };
        message.From.Add(from);
        message.To.Add(to);
        message.Headers.Add(HeaderId.ListUnsubscribe, $"<{unsubscribe.AbsoluteUri}>");
        message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        return message;
    }

    /// <returns>The recipient with a name of one clean line, or null where the address cannot be mailed.</returns>
    public static MailboxAddress? Recipient(string? address, params ReadOnlySpan<string?> names)
    {
        if (!MailboxAddress.TryParse(address, out var parsed) || parsed.Domain.Length == 0 || parsed.Address != address!.Trim())
            return null;
        var name = string.Join(' ', names.ToArray().Select(MailModel.Clean).Where(part => part is not null));
        return new MailboxAddress(name.Length > 0 ? name : null, parsed.Address);
    }
}
