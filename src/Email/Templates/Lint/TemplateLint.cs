using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Email.Templates.Lint;

/// <summary>What would go wrong with a mail.</summary>
/// <param name="Rule">Stable name of the rule.</param>
/// <param name="Severity">error (do not launch) or warning.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record LintFinding(string Rule, string Severity, string Message);

/// <summary>What the rules look at: the source, and the mail as a recipient would get it.</summary>
internal sealed record LintInput(string Name, TemplateContent Content, CompiledMail Mail, MailContent Rendered, MailModel Model, Shop Shop);

/// <summary>Checks a mail before it is launched.</summary>
internal static class TemplateLint
{
    /// <summary>Gmail cuts a mail's HTML off at 102 KB and hides the rest, the way out with it.</summary>
    private const int GmailClip = 102 * 1024;

    private const int LongSubject = 78;

    public static IReadOnlyList<LintFinding> Check(LintInput input)
    {
        var page = new HtmlParser().ParseDocument(input.Rendered.Html);
        return
        [
            .. VariableRules.Check(input),
            .. Pictures(page),
            .. Size(input.Rendered),
            .. WayOut(input, page),
            .. Links(input, page),
            .. ContrastRule.Check(page),
            .. CssSupport.Check(page),
            .. Subject(input),
        ];
    }

    private static LintFinding Error(string rule, string message) => new(rule, "error", message);

    private static LintFinding Warning(string rule, string message) => new(rule, "warning", message);

    private static IEnumerable<LintFinding> Pictures(IHtmlDocument page)
    {
        foreach (var image in page.Images)
        {
            if (image.GetAttribute("alt") is null)
                yield return Error(
                    "image-alt",
                    $"The picture {Short(image.GetAttribute("src"))} has no alt text: say what it shows, or alt=\"\" for decoration."
                );
            if (string.IsNullOrWhiteSpace(image.GetAttribute("src")))
                yield return Error("image-source", "A picture has no address: leave it out where the product has none.");
            else if (image.GetAttribute("src")!.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
                yield return Warning(
                    "image-source",
                    "Gmail and Outlook do not show pictures that are part of the HTML (data:): link to one."
                );
            if (image.GetAttribute("width") is null)
                yield return Warning(
                    "image-width",
                    $"The picture {Short(image.GetAttribute("src"))} has no width attribute: Outlook shows it in its full size."
                );
        }
    }

    private static IEnumerable<LintFinding> Size(MailContent mail)
    {
        var bytes = Encoding.UTF8.GetByteCount(mail.Html);
        if (bytes > GmailClip)
            yield return Error(
                "gmail-clip",
                $"The HTML has {bytes / 1024} KB: Gmail cuts it off at 102 KB and hides what follows, the way out with it. Shorten it."
            );
        else if (bytes > GmailClip * 8 / 10)
            yield return Warning(
                "gmail-clip",
                $"The HTML has {bytes / 1024} KB; with tracked links it comes near to 102 KB, where Gmail cuts it off."
            );
    }

    private static IEnumerable<LintFinding> WayOut(LintInput input, IHtmlDocument page)
    {
        // Messages about the recipient's own doings need no way to leave.
        if (input.Content.Layout == "transactional")
            yield break;
        if (!page.Links.Any(link => link.GetAttribute("href") == input.Model.UnsubscribeUrl.AbsoluteUri))
            yield return Error("unsubscribe", "The mail has no link to {{ unsubscribe_url }}: the law and every mail service want one.");
        if (input.Shop.PostalAddress.Length == 0)
            yield return Warning("postal-address", "The shop has no postal address (Shop:PostalAddress): commercial mail must show one.");
        else if (!(page.Body?.TextContent ?? "").Contains(input.Shop.PostalAddress, StringComparison.Ordinal))
            yield return Error("postal-address", "The mail does not show {{ shop.postal_address }}: commercial mail must.");
    }

    private static IEnumerable<LintFinding> Links(LintInput input, IHtmlDocument page)
    {
        foreach (var link in page.QuerySelectorAll("a"))
        {
            var href = link.GetAttribute("href");
            if (string.IsNullOrWhiteSpace(href))
                yield return Error("broken-link", $"The link '{Short(link.TextContent)}' leads nowhere: it has no href.");
            else if (!Uri.TryCreate(href, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http" or "mailto" or "tel"))
                yield return Error("broken-link", $"'{Short(href)}' is no address that a mail can lead to: begin with https://.");
            else if (uri.Scheme == "http" && input.Shop.SiteUrl.Scheme == "https" && uri.Host == input.Shop.SiteUrl.Host)
                yield return Warning("insecure-link", $"'{Short(href)}' goes over http, while the shop's site has https.");
            if (string.IsNullOrWhiteSpace(link.TextContent) && link.QuerySelector("img[alt]:not([alt=''])") is null)
                yield return Warning("empty-link", $"The link to '{Short(href)}' has no text: a screen reader cannot say where it leads.");
        }
    }

    private static IEnumerable<LintFinding> Subject(LintInput input)
    {
        if (input.Rendered.Subject.Length > LongSubject)
            yield return Warning(
                "long-subject",
                $"The subject has {input.Rendered.Subject.Length} characters; most inboxes show 40 to {LongSubject}."
            );
        if (input.Rendered.Subject.Count(char.IsUpper) > 15 && !input.Rendered.Subject.Any(char.IsLower))
            yield return Warning("shouting", "The subject is all capitals: spam filters count that against it.");
    }

    private static string Short(string? text) =>
        text is null ? "(none)"
        : text.Trim() is { Length: > 60 } long_ ? long_[..60] + "…"
        : text.Trim();
}
