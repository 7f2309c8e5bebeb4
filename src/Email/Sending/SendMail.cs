using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending;

/// <summary>Sends one mail that may leave: what is in it, hand it over, write down what became of it.</summary>
internal sealed class SendMail(
    LedgerWriter ledger,
    MailContents contents,
    RecommendationClient recommendations,
    MailTemplates templates,
    UnsubscribeTokens tokens,
    SigningKeys keys,
    DkimKeys dkim,
    MailRoutes routes,
    DomainBackoff backoff,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock
)
{
    /// <returns>Null, or the note of what became of the mail, which may still be on its way to the disk.</returns>
    /// <param name="ct">Stops work on a mail that has not left our hands.</param>
    /// <param name="grace">Stops, a little later, the hand-over.</param>
    public async Task<Task> HandleAsync(ReadyMail ready, CancellationToken ct, CancellationToken grace)
    {
        var mail = ready.Mail;
        using var activity = telemetry.StartSend(mail.TraceParent, mail.Automation);
        var outgoing = new OutgoingMail(mail.Id, mail.Automation, mail.CreatedAt);
        if (mail.HandedOverAt is not null && routes.FindDelivered(outgoing) is { } location)
            return Note(MailOutcome.Sent(mail, mail.Subject ?? "", location, null, activity?.Id ?? mail.TraceParent));

        RenderedMail rendered;
        try
        {
            rendered = await RenderAsync(ready, ct);
        }
        catch (TemplateException e)
        {
            return Note(MailOutcome.Failed(mail, e.Message));
        }
        var domain = MailChecks.DomainOf(ready.To);
        var mayLeave = await ledger.HandOverAsync(
            new(mail, ready.Person.Address!, domain, rendered.Subject, ready.Route.Name, rendered.Products)
        );
        switch (mayLeave)
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
        var delivery = await ready.Route.Transport.DeliverAsync(outgoing with { Sender = rendered.Sender }, rendered.Message, grace);
        Learn(ready.Route, domain, delivery.Outcome);
        // This route rests now; where another is open the mail is the next to take it.
        if (delivery.Outcome == DeliveryOutcome.Unreachable && routes.For(mail.Id).Count > 0)
            return Note(MailOutcome.Waiting(mail, delivery.Detail, clock.GetUtcNow(), isOldNews: true));
        var trace = activity?.Id ?? mail.TraceParent;
        return Note(MailOutcome.Of(mail, rendered.Subject, ready.Person.Address!, ready.Route, delivery, trace, clock.GetUtcNow()));
    }

    private sealed record RenderedMail(MimeMessage Message, string Subject, MailboxAddress? Sender, IReadOnlyList<MailProduct> Products);

    private async Task<RenderedMail> RenderAsync(ReadyMail ready, CancellationToken ct)
    {
        var (mail, person) = (ready.Mail, ready.Person);
        var source = await contents.OfAsync(mail, ct);
        var cart = mail.Payload is null ? null : JsonSerializer.Deserialize<CartContent>(mail.Payload, Json.Options);
        var recommended = source.ShowsRecommendations ? await RecommendAsync(mail, source, cart, ct) : EmailPipelines.NoRecommendations;
        var unsubscribe = new Uri(shop.Value.PublicUrl, $"{Routes.Unsubscribe}/{await tokens.CreateAsync(mail.Id, ct)}");
        var content = source.Render(
            templates,
            new MailModel(shop.Value, person.FirstName, cart, recommended.Items, unsubscribe),
            mail.Variables
        );
        var from = From();
        var message = MimeMail.Build(
            from,
            ready.To,
            content,
            new MailHeaders(
                mail.Purpose == MailPurpose.Transactional ? null : unsubscribe,
                mail.MessageId,
                clock.GetUtcNow(),
                MimeMail.FeedbackId(source.Campaign ?? mail.Automation, mail.SendId, mail.Purpose, from.Domain),
                source.ReplyTo is null ? null : MailboxAddress.Parse(source.ReplyTo)
            ),
            source.Attachments
        );
        dkim.Sign(message);
        return new(message, content.Subject, await SenderAsync(mail.Id, ct), ProductsIn(cart, recommended));
    }

    private async Task<RecommendationList> RecommendAsync(ClaimedMail mail, MailSource source, CartContent? cart, CancellationToken ct)
    {
        var count = source.Recommendations ?? options.Value.Recommendations;
        return count == 0
            ? EmailPipelines.NoRecommendations
            : await recommendations.AskAsync(mail.CustomerId, cart?.Lines.Select(line => line.ProductId).Distinct() ?? [], count, ct);
    }

    private async Task<MailboxAddress?> SenderAsync(Guid mailId, CancellationToken ct) =>
        options.Value.ReturnPath is { Length: > 0 } mailbox
            ? ReturnPath.Create(MailboxAddress.Parse(mailbox), mailId, await keys.ReturnPathAsync(ct))
            : null;

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

    private Task Note(MailOutcome outcome)
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

    private MailboxAddress From() =>
        new(
            options.Value.FromName is { Length: > 0 } name ? name : shop.Value.Name,
            MailboxAddress.Parse(options.Value.FromAddress).Address
        );

    private static List<MailProduct> ProductsIn(CartContent? cart, RecommendationList recommended) =>
        [
            .. cart?.Lines.Select(line => new MailProduct(line.ProductId, line.Name ?? line.ProductId, null)) ?? [],
            .. recommended.Items.Select(item => new MailProduct(item.ProductId, item.Name, item.Reason)),
        ];
}
