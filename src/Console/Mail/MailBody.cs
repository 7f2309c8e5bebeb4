using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.Mail;

/// <summary>
/// <c>GET /console/mail/{id}/body</c>: a mail for the sandboxed frame. No script, form or frame of it runs, its links lead nowhere, and
/// pictures of our own door are left out: looking at a mail here must not count as its reader's opening it.
/// </summary>
internal static class MailBody
{
    private const string Policy =
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; font-src 'none'; frame-ancestors 'self'";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Paths.Mail + "/{id:guid}/body", HandleAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer))
            .ExcludeFromDescription();

    /// <returns>The mail without what acts: what its reader would see, and nothing that calls home.</returns>
    internal static string Disarm(string html, Uri door)
    {
        var mail = new HtmlParser().ParseDocument(html);
        foreach (var active in mail.QuerySelectorAll("script, iframe, frame, object, embed, form, base, link, meta[http-equiv]").ToArray())
            active.Remove();
        foreach (var link in mail.QuerySelectorAll("a[href], area[href]").ToArray())
            link.RemoveAttribute("href");
        foreach (var picture in mail.QuerySelectorAll("img").ToArray())
            if (
                !Uri.TryCreate(picture.GetAttribute("src"), UriKind.Absolute, out var source)
                || source.Host == door.Host
                || IsPixel(picture)
            )
                picture.Remove();
        return "<!DOCTYPE html>" + mail.DocumentElement.OuterHtml;
    }

    private static bool IsPixel(IElement picture) =>
        picture.GetAttribute("width") is "0" or "1" || picture.GetAttribute("height") is "0" or "1";

    private static async Task<IResult> HandleAsync(Guid id, HttpContext context, PlatformApi api, IOptions<Shop> shop)
    {
        var answer = await api.GetAsync<RenderedMail>(
            context.User.RoleOf() ?? Role.Viewer,
            $"{Routes.Messages}/{id}/rendered",
            context.RequestAborted
        );
        return Show(context, answer.Value?.Html, shop.Value);
    }

    /// <summary>Answers with a mail that can do nothing.</summary>
    /// <param name="html">Null where there is none.</param>
    internal static IResult Show(HttpContext context, string? html, Shop shop)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return html is not null
            ? TypedResults.Content(Disarm(html, shop.PublicUrl), "text/html; charset=utf-8")
            : TypedResults.Content("<!DOCTYPE html><title>Mail</title><p>The mail cannot be shown now.", "text/html; charset=utf-8");
    }
}
