using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Coupons;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Tracking;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Templates;

/// <summary>Adds to a mail's model what its template asks for: segments, a coupon code of the recipient's own, tracked links.</summary>
internal sealed class MailPersonalisation(
    EmailDatabase db,
    MailTemplates templates,
    CouponPools coupons,
    SigningKeys keys,
    IOptions<EmailOptions> options
)
{
    /// <param name="mail">Name of the template.</param>
    /// <param name="pool">Pool of codes instead of the template's; null: the template's.</param>
    /// <param name="mailId">The row of the ledger: the same mail, tried again, gets the same code and the same links.</param>
    public async Task<MailModel> CompleteAsync(
        MailModel model,
        string mail,
        string? pool,
        Guid mailId,
        Guid customerId,
        CancellationToken ct
    )
    {
        var library = templates.Library;
        if (!library.Templates.TryGetValue(mail, out var content))
            return model;
        return model with
        {
            Segments =
                library.SharedPartsAskForSegments || TemplateLibrary.AsksForSegments(content)
                    ? await SegmentMembers.OfAsync(db, customerId, ct)
                    : model.Segments,
            CouponCode = (pool ?? content.CouponPool) is { } taken ? await coupons.TakeAsync(taken, customerId, ct) : model.CouponCode,
            Links = options.Value.Track && content.Track ? await LinksAsync(mail, mailId, model.Shop, ct) : null,
        };
    }

    /// <summary>Content without a template: only the links of marketing mail are made to tell, those of a receipt stay as they are.</summary>
    public async Task<MailModel> TrackAsync(MailModel model, MailSource source, ClaimedMail mail, CancellationToken ct) =>
        options.Value.Track && mail.Purpose == MailPurpose.Marketing
            ? model with
            {
                Links = await LinksAsync(source.Campaign ?? mail.Automation, mail.Id, model.Shop, ct),
            }
            : model;

    private async Task<TrackedLinks> LinksAsync(string mail, Guid mailId, Shop shop, CancellationToken ct) =>
        new(mailId, await keys.TrackingAsync(ct), shop.PublicUrl, shop.SiteUrl, mail, options.Value.UtmSource);
}
