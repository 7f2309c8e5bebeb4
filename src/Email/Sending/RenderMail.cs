using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending;

/// <summary>A mail as it goes over the wire.</summary>
/// <param name="Sender">Envelope sender; null: the address of the From header.</param>
/// <param name="Activity">The span of this mail, which ends with its delivery.</param>
internal sealed record RenderedMail(
    ReadyMail Ready,
    MimeMessage Message,
    string Subject,
    MailboxAddress? Sender,
    IReadOnlyList<MailProduct> Products,
    Activity? Activity
);

/// <summary>Makes the message of a mail that may leave: asks for recommendations, renders, signs.</summary>
internal sealed class RenderMail(
    MailContents contents,
    RecommendationClient recommendations,
    MailTemplates templates,
    MailPersonalisation personalisation,
    UnsubscribeTokens tokens,
    SigningKeys keys,
    DkimKeys dkim,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock
)
{
    /// <exception cref="TemplateException">It cannot be rendered, now or later.</exception>
    public async Task<RenderedMail> HandleAsync(ReadyMail ready, CancellationToken ct)
    {
        var activity = telemetry.StartSend(ready.Mail.TraceParent, ready.Mail.Automation);
        try
        {
            return await RenderAsync(ready, activity, ct);
        }
        catch
        {
            activity?.Dispose();
            throw;
        }
    }

    private async Task<RenderedMail> RenderAsync(ReadyMail ready, Activity? activity, CancellationToken ct)
    {
        var (mail, person) = (ready.Mail, ready.Person);
        var source = await contents.OfAsync(mail, ct);
        var cart = mail.Payload is null ? null : JsonSerializer.Deserialize<CartContent>(mail.Payload, Json.Options);
        var recommended = !source.ShowsRecommendations
            ? EmailPipelines.NoRecommendations
            : ready.Recommended ?? await RecommendAsync(mail, source, cart, ct);
        var unsubscribe = new Uri(shop.Value.PublicUrl, $"{Routes.Unsubscribe}/{await tokens.CreateAsync(mail.Id, ct)}");
        var model = new MailModel(shop.Value, person.FirstName, cart, recommended.Items, unsubscribe)
        {
            LastName = person.LastName,
            Language = person.Language,
            Data = mail.Variables is null ? null : JsonSerializer.Deserialize<JsonElement>(mail.Variables),
        };
        model = source.Template is { } template
            ? await personalisation.CompleteAsync(model, template, source.CouponPool, mail.Id, mail.CustomerId, ct)
            : await personalisation.TrackAsync(model, source, mail, ct);
        var content = source.Render(templates, model);
        var from = From(source.SenderName);
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
        return new(ready, message, content.Subject, await SenderAsync(mail.Id, ct), ProductsIn(cart, recommended), activity);
    }

    private async Task<RecommendationList> RecommendAsync(ClaimedMail mail, MailSource source, CartContent? cart, CancellationToken ct)
    {
        var count = source.Recommendations ?? options.Value.Recommendations;
        return count == 0
            ? EmailPipelines.NoRecommendations
            : await recommendations.AskAsync(
                mail.CustomerId,
                cart?.Lines.Select(line => line.ProductId).Distinct() ?? [],
                count,
                preview: false,
                ct
            );
    }

    private async Task<MailboxAddress?> SenderAsync(Guid mailId, CancellationToken ct) =>
        options.Value.ReturnPath is { Length: > 0 } mailbox
            ? ReturnPath.Create(MailboxAddress.Parse(mailbox), mailId, await keys.ReturnPathAsync(ct))
            : null;

    private MailboxAddress From(string? senderName) =>
        new(
            senderName ?? (options.Value.FromName is { Length: > 0 } name ? name : shop.Value.Name),
            MailboxAddress.Parse(options.Value.FromAddress).Address
        );

    private static List<MailProduct> ProductsIn(CartContent? cart, RecommendationList recommended) =>
        [
            .. cart?.Lines.Select(line => new MailProduct(line.ProductId, line.Name ?? line.ProductId, null)) ?? [],
            .. recommended.Items.Select(item => new MailProduct(item.ProductId, item.Name, item.Reason)),
        ];
}
