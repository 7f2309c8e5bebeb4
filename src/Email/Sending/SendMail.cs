using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending;

/// <summary>What becomes of a mail before anything is rendered.</summary>
internal abstract record SendDecision
{
    private SendDecision() { }

    public sealed record Send : SendDecision;

    public sealed record Wait(string Reason) : SendDecision;

    public sealed record Suppress(string Reason) : SendDecision;

    public sealed record GiveUp(string Reason) : SendDecision;
}

/// <summary>Sends one claimed mail: may it leave, what is in it, hand it over, write down what became of it.</summary>
internal sealed class SendMail(
    EmailDatabase db,
    MailLedger ledger,
    RecommendationClient recommendations,
    MailTemplates templates,
    MailPersonalisation personalisation,
    UnsubscribeTokens tokens,
    IMailTransport transport,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock
)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    /// <param name="ct">Stops work on a mail that has not left our hands.</param>
    /// <param name="grace">Stops, a little later, the hand-over and the note of what became of it.</param>
    public async Task HandleAsync(ClaimedMail mail, CancellationToken ct, CancellationToken grace)
    {
        using var activity = telemetry.StartSend(mail.TraceParent, mail.Automation);
        var outgoing = new OutgoingMail(mail.Id, mail.Automation, mail.CreatedAt);
        if (mail.HandedOverAt is not null && transport.FindDelivered(outgoing) is { } location)
        {
            await ConfirmAsync(mail, mail.Subject ?? "", location, activity, grace);
            return;
        }
        if (await CheckAsync(mail, ct) is null)
            return;
        var cart = mail.Payload is null ? null : JsonSerializer.Deserialize<CartContent>(mail.Payload, Json.Options);
        var recommended = await RecommendAsync(mail, cart, ct);
        // While we waited for recommendations the customer may have said no.
        if (await CheckAsync(mail, ct) is not { } person)
            return;
        if (MimeMail.Recipient(person.Address, person.FirstName, person.LastName) is not { } to)
        {
            await SuppressAsync(mail, "bad-address", ct);
            return;
        }
        MimeMessage message;
        MailContent content;
        try
        {
            var unsubscribe = new Uri(shop.Value.PublicUrl, $"{Routes.Unsubscribe}/{await tokens.CreateAsync(mail.Id, ct)}");
            var model = new MailModel(shop.Value, person.FirstName, cart, recommended.Items, unsubscribe)
            {
                LastName = person.LastName,
                Language = person.Language,
            };
            model = await personalisation.CompleteAsync(model, mail.Automation, mail.Id, mail.CustomerId, ct);
            content = templates.Render(mail.Automation, model);
            message = MimeMail.Build(From(), to, content, unsubscribe, mail.MessageId, clock.GetUtcNow());
        }
        catch (TemplateException e)
        {
            await FailAsync(mail, e.Message, ct);
            return;
        }
        if (await ledger.HandOverAsync(mail.Id, to.Address, content.Subject, ProductsIn(cart, recommended), ct))
            await DeliverAsync(mail, outgoing, content, message, activity, grace);
    }

    internal static SendDecision Decide(Person? person, DateTimeOffset createdAt, EmailOptions options, DateTimeOffset now)
    {
        var age = now - createdAt;
        if (age > options.GiveUpAfter)
            return new SendDecision.GiveUp($"Not sent within {options.GiveUpAfter}: it would be old news.");
        return MailPermission.WhyNot(person) switch
        {
            null => new SendDecision.Send(),
            var reason when MailPermission.MayBeUnknownYet(reason) && age < options.WaitForRecipient => new SendDecision.Wait(reason),
            var reason => new SendDecision.Suppress(reason),
        };
    }

    // Returns who gets the mail; otherwise has written down why nobody does.
    private async Task<Person?> CheckAsync(ClaimedMail mail, CancellationToken ct)
    {
        var person = await People.FindAsync(db, mail.CustomerId, ct);
        switch (Decide(person, mail.CreatedAt, options.Value, clock.GetUtcNow()))
        {
            case SendDecision.Send:
                return person;
            case SendDecision.Wait wait:
                await ledger.PostponeAsync(mail.Id, wait.Reason, mail.Attempts - 1, LookAgainAfter, ct);
                return null;
            case SendDecision.Suppress suppress:
                await SuppressAsync(mail, suppress.Reason, ct);
                return null;
            case SendDecision.GiveUp giveUp:
                await FailAsync(mail, giveUp.Reason, ct);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private async Task<RecommendationList> RecommendAsync(ClaimedMail mail, CartContent? cart, CancellationToken ct) =>
        options.Value.Recommendations == 0
            ? EmailPipelines.NoRecommendations
            : await recommendations.AskAsync(
                mail.CustomerId,
                cart?.Lines.Select(line => line.ProductId).Distinct() ?? [],
                options.Value.Recommendations,
                ct
            );

    private async Task DeliverAsync(
        ClaimedMail mail,
        OutgoingMail outgoing,
        MailContent content,
        MimeMessage message,
        Activity? activity,
        CancellationToken ct
    )
    {
        var delivery = await transport.DeliverAsync(outgoing, message, ct);
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Delivered:
                await ConfirmAsync(mail, content.Subject, delivery.Detail, activity, ct);
                break;
            case DeliveryOutcome.Refused:
                await FailAsync(mail, delivery.Detail, ct);
                break;
            case DeliveryOutcome.Ambiguous:
                // The process may be stopping; this note is worth the last moment.
                await ledger.AmbiguousAsync(mail.Id, delivery.Detail, CancellationToken.None);
                telemetry.Ambiguous(1);
                break;
            default:
                await ledger.PostponeAsync(
                    mail.Id,
                    delivery.Detail,
                    mail.Attempts,
                    MailLedger.PauseAfter(mail.Attempts),
                    CancellationToken.None
                );
                break;
        }
    }

    private async Task ConfirmAsync(ClaimedMail mail, string subject, string location, Activity? activity, CancellationToken ct)
    {
        await ledger.SentAsync(mail, subject, location, activity?.Id ?? mail.TraceParent, ct);
        telemetry.Sent(mail.Automation);
    }

    private async Task SuppressAsync(ClaimedMail mail, string reason, CancellationToken ct)
    {
        await ledger.SuppressAsync(mail.Id, reason, ct);
        telemetry.Suppressed(mail.Automation, reason);
    }

    private async Task FailAsync(ClaimedMail mail, string reason, CancellationToken ct)
    {
        await ledger.FailAsync(mail.Id, reason, ct);
        telemetry.Failed(mail.Automation);
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
