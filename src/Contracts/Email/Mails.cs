namespace MarketingPlatform.Contracts.Email;

/// <summary>A mail was handed over to the next mail server (or written to the outbox folder).</summary>
/// <param name="MailId">The row of the send ledger.</param>
/// <param name="Automation">What caused it ("welcome", "abandoned-cart").</param>
public sealed record EmailSent(Guid MailId, Guid CustomerId, string Automation, string Subject, DateTimeOffset At);

/// <summary>A recipient asked for no more marketing mail, by one click or on the page behind the link.</summary>
/// <param name="Address">The address that the mail went to.</param>
/// <param name="Source">one-click (RFC 8058) or page.</param>
public sealed record EmailUnsubscribed(Guid CustomerId, string Address, Guid MailId, string Source, DateTimeOffset At);
