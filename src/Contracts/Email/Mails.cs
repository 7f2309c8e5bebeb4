namespace MarketingPlatform.Contracts.Email;

/// <summary>Mails were handed over to the next mail server (or written to the outbox folder); at most 500 a message.</summary>
public sealed record EmailsSent(IReadOnlyList<SentEmail> Mails);

/// <param name="MailId">The row of the send ledger; a mail that was sent again has the same.</param>
/// <param name="Automation">What caused it ("welcome", "abandoned-cart").</param>
public sealed record SentEmail(Guid MailId, Guid CustomerId, string Automation, string Subject, DateTimeOffset At);

/// <summary>A recipient asked for no more marketing mail, by one click or on the page behind the link.</summary>
/// <param name="Address">The address that the mail went to.</param>
/// <param name="Source">one-click (RFC 8058) or page.</param>
public sealed record EmailUnsubscribed(Guid CustomerId, string Address, Guid MailId, string Source, DateTimeOffset At);

/// <summary>Who stood behind an open or a click. Decisions use <see cref="Human"/> ones.</summary>
public static class MailEventLabels
{
    public const string Human = "human";

    /// <summary>A mail service fetched pictures for its user, at a time of its own: an open that says nothing.</summary>
    public const string PrivacyProxy = "privacy-proxy";

    /// <summary>A security product looked at the mail or followed its links.</summary>
    public const string Scanner = "scanner";
}

/// <summary>A mail was opened: its picture was loaded. Published once the label is final, a minute after.</summary>
/// <param name="Template">The template it was rendered from.</param>
/// <param name="Label">One of <see cref="MailEventLabels"/>.</param>
public sealed record EmailOpened(Guid EventId, Guid MailId, Guid CustomerId, string Template, string Label, DateTimeOffset At);

/// <summary>A link of a mail was followed. Published once the label is final, a minute after.</summary>
/// <param name="Url">Where it leads, with the UTM tags it got.</param>
/// <param name="Label">One of <see cref="MailEventLabels"/>.</param>
public sealed record EmailClicked(Guid EventId, Guid MailId, Guid CustomerId, string Template, string Url, string Label, DateTimeOffset At);
