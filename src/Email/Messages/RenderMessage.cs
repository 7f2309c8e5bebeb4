using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Messages;

/// <param name="Exact">Whether this is the very text that left. Else it was rendered again from the ledger, which keeps neither pictures nor prices of recommended products.</param>
internal sealed record RenderedMessage(string Subject, string Html, bool Exact);

/// <summary><c>GET /api/v1/messages/{id}/rendered</c>: a mail as its reader sees it.</summary>
internal static class RenderMessage
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Messages + "/{id:guid}/rendered", HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(
        Guid id,
        EmailDatabase db,
        MailTemplates templates,
        UnsubscribeTokens tokens,
        IOptions<EmailOptions> options,
        IOptions<Shop> shop,
        CancellationToken ct
    )
    {
        var mail = await db.QuerySingleOrDefaultAsync<Row>(
            "select customer_id, automation, subject, location, payload::text, products::text from mails where id = @Id",
            new { Id = id },
            ct
        );
        if (mail?.Subject is null)
            return Problem.NotFound(
                "message",
                "There is no mail with this id, or it was never written; GET /api/v1/messages lists those that are."
            );
        if (await ReadFileAsync(mail.Location, options.Value.OutboxDirectory, ct) is { } html)
            return TypedResults.Ok(new RenderedMessage(mail.Subject, html, Exact: true));
        var person = await People.FindAsync(db, mail.CustomerId, ct);
        var unsubscribe = new Uri(shop.Value.PublicUrl, $"{Routes.Unsubscribe}/{await tokens.CreateAsync(id, ct)}");
        var model = new MailModel(shop.Value, person?.FirstName, CartOf(mail), RecommendedIn(mail, shop.Value), unsubscribe);
        try
        {
            return TypedResults.Ok(new RenderedMessage(mail.Subject, templates.Render(mail.Automation, model).Html, Exact: false));
        }
        catch (TemplateException)
        {
            return Problem.NotFound("template", "The template that this mail was made with is gone, so it cannot be shown.");
        }
    }

    /// <returns>The mail as it lies in the outbox folder, where it went there; nothing outside of that folder is read.</returns>
    private static async Task<string?> ReadFileAsync(string? location, string folder, CancellationToken ct)
    {
        if (location is null || !location.EndsWith(".eml", StringComparison.Ordinal))
            return null;
        var path = Path.GetFullPath(location);
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        if (!path.StartsWith(root, StringComparison.Ordinal) || !File.Exists(path))
            return null;
        using var message = await MimeMessage.LoadAsync(path, ct);
        return message.HtmlBody;
    }

    private static CartContent? CartOf(Row mail) =>
        mail.Payload is null ? null : JsonSerializer.Deserialize<CartContent>(mail.Payload, Json.Options);

    /// <summary>The cart's own products have no reason.</summary>
    private static RecommendedProduct[] RecommendedIn(Row mail, Shop shop) =>
        [
            .. (JsonSerializer.Deserialize<MailProduct[]>(mail.Products, Json.Options) ?? [])
                .Where(product => product.Reason is not null)
                .Select(product => new RecommendedProduct(
                    product.ProductId,
                    product.Name,
                    null,
                    null,
                    shop.Currency,
                    null,
                    null,
                    0,
                    product.Reason!,
                    "ledger"
                )),
        ];

    private sealed record Row(Guid CustomerId, string Automation, string? Subject, string? Location, string? Payload, string Products);
}
