using MarketingPlatform.Email.Deliverability;
using MimeKit;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>
/// How a mail leaves the house: as a file (<see cref="OutboxFolderTransport"/>) or over SMTP (<see cref="SmtpTransport"/>).
/// </summary>
internal interface IMailTransport
{
    /// <summary>Whether a mail can be handed over twice and still arrive once.</summary>
    bool IsIdempotent { get; }

    /// <returns>Where the mail lies, if it was delivered before; null where that cannot be known.</returns>
    string? FindDelivered(OutgoingMail mail);

    /// <param name="mail">Its envelope sender and recipient go over the wire, whatever the headers say.</param>
    Task<Delivery> DeliverAsync(OutgoingMail mail, MimeMessage message, CancellationToken ct);
}

/// <summary>The row of the ledger that a mail stands for.</summary>
/// <param name="Sender">Envelope sender, where bounces go; null: the address of the From header.</param>
internal sealed record OutgoingMail(Guid Id, string Automation, DateTimeOffset CreatedAt, MailboxAddress? Sender = null);

internal enum DeliveryOutcome
{
    /// <summary>The next server (or the folder) has it.</summary>
    Delivered,

    /// <summary>This mail was not taken now (4xx); later it may be.</summary>
    Deferred,

    /// <summary>No mail can be handed over now: no connection, refused login, 421.</summary>
    Unreachable,

    /// <summary>This mail will never be taken (5xx).</summary>
    Refused,

    /// <summary>The connection broke after the mail and before the answer: it may have left or not.</summary>
    Ambiguous,
}

/// <param name="Detail">Where the mail is, or why it is not: the server's own words.</param>
/// <param name="Reply">The server's answer where it said no.</param>
internal sealed record Delivery(DeliveryOutcome Outcome, string Detail, SmtpReply? Reply = null);
