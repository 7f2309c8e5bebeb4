using DotLiquid;

namespace MarketingPlatform.Email.Templates;

/// <summary>A rendered mail.</summary>
internal sealed record MailContent(string Subject, string Html, string Text);

/// <summary>
/// Renders mails: the starter templates, and the shop's own in their place or beside them. A template is compiled once for a locale and
/// serves all threads.
/// </summary>
internal sealed class MailTemplates
{
    private volatile TemplateLibrary library = new(StarterTemplates.All);

    public TemplateLibrary Library => library;

    /// <param name="own">The shop's templates; one of a starter's name replaces it.</param>
    public void Use(IReadOnlyDictionary<string, TemplateContent> own)
    {
        var all = new Dictionary<string, TemplateContent>(StarterTemplates.All);
        foreach (var (name, content) in own)
            all[name] = content;
        library = new TemplateLibrary(all);
    }

    /// <returns>Whether there is a mail of that name.</returns>
    public bool Exists(string mail) => library.Templates.TryGetValue(mail, out var content) && content.Kind == TemplateKind.Mail;

    /// <param name="mail">Name of the template ("welcome", "abandoned-cart").</param>
    /// <exception cref="TemplateException">There is no such mail, or it cannot be rendered.</exception>
    public MailContent Render(string mail, MailModel model) => Render(library.Mail(mail, model.Language), model);

    /// <exception cref="TemplateException">The mail cannot be rendered.</exception>
    public static MailContent Render(CompiledMail mail, MailModel model)
    {
        var values = model.ToLiquid(mail.Locale, mail.Content.Defaults);
        var subject = MailModel.Clean(LiquidSandbox.Render(mail.Subject, values)) ?? model.Shop.Name;
        values["subject"] = subject;
        var html = LiquidSandbox.Render(mail.Html, LiquidSandbox.Escape(values), html: true, mail.Blocks);
        var text = mail.Text is null ? HtmlText.From(html) : LiquidSandbox.Render(mail.Text, values, html: false, mail.Blocks);
        return new(subject, model.Links is { } links ? links.Rewrite(html) : html, text);
    }
}
