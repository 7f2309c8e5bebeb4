using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Email.Templates.Lint;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Templates;

/// <summary>Body of a preview or a test.</summary>
/// <param name="Content">A template that is not saved yet; null for the saved one of the name.</param>
/// <param name="CustomerId">Whose mail it is; null for somebody made up.</param>
/// <param name="Locale">Instead of the customer's language.</param>
/// <param name="Data">What the mail's sender would give.</param>
internal sealed record PreviewRequest(
    TemplateContent? Content = null,
    Guid? CustomerId = null,
    string? Locale = null,
    JsonElement? Data = null
);

/// <param name="Locale">Whose words were used.</param>
/// <param name="MadeUp">Parts of the model that are samples, because the customer has none ("cart", "recommendations", "customer", "coupon").</param>
internal sealed record Preview(
    string Subject,
    string Html,
    string Text,
    string Locale,
    IReadOnlyList<string> MadeUp,
    IReadOnlyList<LintFinding> Lint
);

/// <summary>Body of a test send.</summary>
/// <param name="To">One address of the shop's own people.</param>
internal sealed record TestSendRequest(
    string? To = null,
    TemplateContent? Content = null,
    Guid? CustomerId = null,
    string? Locale = null,
    JsonElement? Data = null
);

internal sealed record TestSent(string To, string Subject, string Location, IReadOnlyList<LintFinding> Lint);

/// <summary>Renders a template for a customer exactly as a send would, without a coupon being given away or a click being counted.</summary>
internal sealed class Previews(
    EmailDatabase db,
    TemplateStore store,
    MailTemplates templates,
    RecommendationClient recommendations,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop
)
{
    /// <returns>Null where there is no such template, or it is no mail.</returns>
    /// <exception cref="TemplateException">It cannot be compiled or rendered.</exception>
    public async Task<Preview?> RenderAsync(string name, PreviewRequest request, CancellationToken ct)
    {
        await store.RefreshAsync(ct);
        var library = templates.Library;
        var content = request.Content ?? library.Templates.GetValueOrDefault(name);
        if (content is not { Kind: TemplateKind.Mail })
            return null;
        var (model, madeUp) = await ModelAsync(content, request, ct);
        var mail = library.Compile(name, content, content.LocaleFor(model.Language));
        var rendered = MailTemplates.Render(mail, model);
        var lint = TemplateLint.Check(new LintInput(name, content, mail, rendered, model, shop.Value));
        return new(rendered.Subject, rendered.Html, rendered.Text, mail.Locale, madeUp, lint);
    }

    private async Task<(MailModel Model, List<string> MadeUp)> ModelAsync(
        TemplateContent content,
        PreviewRequest request,
        CancellationToken ct
    )
    {
        var sample = SampleModel.For(shop.Value);
        List<string> madeUp = [];
        var person = request.CustomerId is { } id ? await People.FindAsync(db, id, ct) : null;
        if (person is null)
            madeUp.Add("customer");
        var cart = person is null ? null : await LastCartAsync(person.Id, ct);
        if (cart is null)
            madeUp.Add("cart");
        var recommended = person is null
            ? EmailPipelines.NoRecommendations
            : await recommendations.AskAsync(
                person.Id,
                cart?.Lines.Select(line => line.ProductId) ?? [],
                options.Value.Recommendations,
                preview: true,
                ct
            );
        if (recommended.Items.Count == 0)
            madeUp.Add("recommendations");
        if (content.CouponPool is not null)
            madeUp.Add("coupon");
        var model = sample with
        {
            FirstName = person is null ? sample.FirstName : person.FirstName,
            LastName = person is null ? sample.LastName : person.LastName,
            Language = request.Locale ?? person?.Language,
            Cart = cart ?? sample.Cart,
            Recommendations = recommended.Items.Count > 0 ? recommended.Items : sample.Recommendations,
            Segments = person is null ? [] : await SegmentMembers.OfAsync(db, person.Id, ct),
            CouponCode = content.CouponPool is null ? null : sample.CouponCode,
            Data = request.Data ?? sample.Data,
        };
        return (model, madeUp);
    }

    private async Task<CartContent?> LastCartAsync(Guid customerId, CancellationToken ct) =>
        await db.QuerySingleOrDefaultAsync<string?>(
            """
            select payload::text from mails
            where payload ? 'lines' and customer_id in (select customer_id from recipients where canonical_id = @Id)
            order by id desc limit 1
            """,
            new { Id = customerId },
            ct
        )
            is { } payload
            ? JsonSerializer.Deserialize<CartContent>(payload, Json.Options)
            : null;
}

/// <summary><c>POST /api/v1/templates/{name}/preview</c>, <c>…/lint</c> and <c>…/test</c>.</summary>
internal static class PreviewTemplate
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Templates + "/{name}/preview", PreviewAsync)
            .RequireScope(Scope.Read)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        root.MapPost(Routes.Templates + "/{name}/lint", LintAsync)
            .RequireScope(Scope.Read)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        root.MapPost(Routes.Templates + "/{name}/test", TestAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
    }

    internal static Task<IResult> PreviewAsync(string name, PreviewRequest request, Previews previews, CancellationToken ct) =>
        RenderedAsync(name, request, previews, preview => Task.FromResult<IResult>(TypedResults.Ok(preview)), ct);

    internal static Task<IResult> LintAsync(string name, PreviewRequest request, Previews previews, CancellationToken ct) =>
        RenderedAsync(
            name,
            request,
            previews,
            preview => Task.FromResult<IResult>(TypedResults.Ok(new Page<LintFinding>(preview.Lint, null))),
            ct
        );

    internal static async Task<IResult> TestAsync(
        string name,
        TestSendRequest request,
        Previews previews,
        MailRoutes routes,
        IOptions<EmailOptions> options,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (MimeMail.Recipient(request.To) is not { } to)
            return Problem.Invalid(new FieldError("to", "Give one e-mail address."));
        return await RenderedAsync(
            name,
            new(request.Content, request.CustomerId, request.Locale, request.Data),
            previews,
            async preview =>
            {
                var now = clock.GetUtcNow();
                var id = Guid.CreateVersion7(now);
                var from = MailboxAddress.Parse(options.Value.FromAddress);
                var sender = new MailboxAddress(options.Value.FromName is { Length: > 0 } known ? known : shop.Value.Name, from.Address);
                var content = new MailContent("[Test] " + preview.Subject, preview.Html, preview.Text);
                var message = MimeMail.Build(sender, to, content, SampleModel.Unsubscribe(shop.Value), $"{id:N}@{from.Domain}", now);
                var route = routes.For(id) is [var open, ..] ? open : routes.All[0];
                var delivery = await route.Transport.DeliverAsync(new OutgoingMail(id, name, now), message, ct);
                return delivery.Outcome == DeliveryOutcome.Delivered
                    ? TypedResults.Ok(new TestSent(to.Address, content.Subject, delivery.Detail, preview.Lint))
                    : Problem.Of(
                        StatusCodes.Status502BadGateway,
                        "not-delivered",
                        "The mail server did not take the test mail",
                        delivery.Detail
                    );
            },
            ct
        );
    }

    private static async Task<IResult> RenderedAsync(
        string name,
        PreviewRequest request,
        Previews previews,
        Func<Preview, Task<IResult>> answer,
        CancellationToken ct
    )
    {
        if (request.Data is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) })
            return Problem.Invalid(new FieldError("data", "Give an object: its members are data.… in the template."));
        try
        {
            return await previews.RenderAsync(name, request, ct) is { } preview ? await answer(preview) : ReadTemplates.NotThere();
        }
        catch (TemplateException e)
        {
            return Problem.Invalid(new FieldError(request.Content is null ? "name" : "content", e.Message));
        }
    }
}
