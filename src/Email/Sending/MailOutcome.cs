using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Sending.Transport;

namespace MarketingPlatform.Email.Sending;

/// <summary>What became of a claimed mail, as the ledger keeps it. Null members leave what is there.</summary>
/// <param name="NextAttemptAt">When it is tried again; for queued ones.</param>
/// <param name="DueAt">From when its age counts, where waiting was no failure.</param>
/// <param name="Bounced">The server says that nobody has this address: it gets no mail any more.</param>
/// <param name="Evidence">The server's words for that, without the address.</param>
internal sealed record MailOutcome(ClaimedMail Mail, string Status, string? Reason)
{
    public string? Location { get; init; }
    public string? Route { get; init; }
    public int? Attempts { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public string? Subject { get; init; }
    public string? TraceParent { get; init; }
    public string? Bounced { get; init; }
    public string? Evidence { get; init; }

    public static MailOutcome Sent(ClaimedMail mail, string subject, string location, string? route, string? traceParent) =>
        new(mail, "sent", null)
        {
            Subject = subject,
            Location = location,
            Route = route,
            TraceParent = traceParent,
        };

    public static MailOutcome Suppressed(ClaimedMail mail, string reason) => new(mail, "suppressed", reason);

    public static MailOutcome Failed(ClaimedMail mail, string reason) => new(mail, "failed", reason);

    public static MailOutcome Ambiguous(ClaimedMail mail, string reason, string? route) => new(mail, "ambiguous", reason) { Route = route };

    /// <summary>Back to the queue after a failure that counts.</summary>
    public static MailOutcome Deferred(ClaimedMail mail, string reason, DateTimeOffset now) =>
        new(mail, "queued", reason) { NextAttemptAt = now + MailLedger.PauseAfter(mail.Attempts) };

    /// <summary>Back to the queue without blame: something else has to come first.</summary>
    /// <param name="isOldNews">Whether its age counts on while it waits.</param>
    public static MailOutcome Waiting(ClaimedMail mail, string? reason, DateTimeOffset until, bool isOldNews) =>
        new(mail, "queued", reason)
        {
            Attempts = mail.Attempts - 1,
            NextAttemptAt = until,
            DueAt = isOldNews ? null : until,
        };

    /// <summary>What a delivery means for its mail.</summary>
    public static MailOutcome Of(
        ClaimedMail mail,
        string subject,
        string address,
        MailRoute route,
        Delivery delivery,
        string? traceParent,
        DateTimeOffset now
    )
    {
        // The server may quote the address, which the row holds only until the person is forgotten.
        var words = delivery.Detail;
        return delivery.Outcome switch
        {
            DeliveryOutcome.Delivered => Sent(mail, subject, words, route.Name, traceParent),
            DeliveryOutcome.Ambiguous => Ambiguous(mail, words, route.Name),
            DeliveryOutcome.Refused => Failed(mail, words) with
            {
                Route = route.Name,
                Bounced = delivery.Reply?.Cause == RefusalCause.Address ? address : null,
                Evidence = delivery.Reply?.Evidence(address),
            },
            DeliveryOutcome.Unreachable => Deferred(mail, words, now),
            _ => Deferred(mail, words, now) with { Route = route.Name },
        };
    }
}
