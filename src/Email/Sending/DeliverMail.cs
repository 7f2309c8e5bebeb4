using System.Diagnostics;
using MarketingPlatform.Email.Sending.Transport;

namespace MarketingPlatform.Email.Sending;

/// <summary>Hands one rendered mail over, and writes down what became of it.</summary>
internal sealed class DeliverMail(
    EmailDatabase db,
    LedgerWriter ledger,
    MailRoutes routes,
    DomainBackoff backoff,
    EmailTelemetry telemetry,
    TimeProvider clock
)
{
    /// <returns>The note of a mail that a sender before us delivered, or null where it did not, or nobody can know.</returns>
    public Task? NoteDelivered(ClaimedMail mail) =>
        mail.HandedOverAt is not null && routes.FindDelivered(OutgoingOf(mail)) is { } location
            ? Note(MailOutcome.Sent(mail, mail.Subject ?? "", location, null, mail.TraceParent))
            : null;

    /// <summary>A mail that cannot be rendered will never be.</summary>
    public Task NoteFailed(ClaimedMail mail, string reason) => Note(MailOutcome.Failed(mail, reason));

    /// <returns>The note of what became of the mail, which may still be on its way to the disk.</returns>
    /// <param name="grace">Stops the hand-over, a little after everything else stops.</param>
    public async Task<Task> HandleAsync(RenderedMail rendered, CancellationToken grace)
    {
        using var activity = rendered.Activity;
        Activity.Current = activity;
        var (mail, person, to, route) = rendered.Ready;
        var domain = MailChecks.DomainOf(to);
        switch (await ledger.HandOverAsync(new(mail, person.Address!, domain, rendered.Subject, route.Name, rendered.Products)))
        {
            case MayLeave.Yes:
                break;
            case MayLeave.Forbidden:
                return Note(MailOutcome.Waiting(mail, null, clock.GetUtcNow(), isOldNews: true));
            case MayLeave.SendHeld:
                return Note(MailOutcome.Waiting(mail, null, clock.GetUtcNow(), isOldNews: false));
            default:
                return Task.CompletedTask;
        }
        var delivery = await route.Transport.DeliverAsync(OutgoingOf(mail) with { Sender = rendered.Sender }, rendered.Message, grace);
        Learn(route, domain, delivery.Outcome);
        // This route rests now; where another is open the mail is the next to take it.
        if (delivery.Outcome == DeliveryOutcome.Unreachable && routes.For(mail.Id).Count > 0)
            return Note(MailOutcome.Waiting(mail, delivery.Detail, clock.GetUtcNow(), isOldNews: true));
        var trace = activity?.Id ?? mail.TraceParent;
        return ForgetWithRowAsync(
            mail,
            Note(MailOutcome.Of(mail, rendered.Subject, person.Address!, route, delivery, trace, clock.GetUtcNow()))
        );
    }

    /// <summary>Who was forgotten while the mail was written to a file: it goes as its row went.</summary>
    private async Task ForgetWithRowAsync(ClaimedMail mail, Task<MayLeave> note)
    {
        if (await note == MayLeave.Yes || routes.FindDelivered(OutgoingOf(mail)) is not { } path)
            return;
        // Another sender may have the claim now, and then the file is its delivery.
        if (!await db.QuerySingleAsync<bool>("select exists (select from mails where id = @Id)", new { mail.Id }, CancellationToken.None))
            File.Delete(path);
    }

    private static OutgoingMail OutgoingOf(ClaimedMail mail) => new(mail.Id, mail.Automation, mail.CreatedAt);

    private void Learn(MailRoute route, string domain, DeliveryOutcome outcome)
    {
        switch (outcome)
        {
            case DeliveryOutcome.Unreachable:
                routes.Missed(route.Name);
                break;
            case DeliveryOutcome.Deferred:
                routes.Reached(route.Name);
                backoff.Deferred(route.Name, domain);
                break;
            case DeliveryOutcome.Delivered:
                routes.Reached(route.Name);
                backoff.Delivered(route.Name, domain);
                break;
        }
    }

    private Task<MayLeave> Note(MailOutcome outcome)
    {
        switch (outcome.Status)
        {
            case "sent":
                telemetry.Sent(outcome.Mail.Automation);
                break;
            case "failed":
                telemetry.Failed(outcome.Mail.Automation);
                break;
            case "ambiguous":
                telemetry.Ambiguous(1);
                break;
        }
        return ledger.WriteAsync(outcome);
    }
}
