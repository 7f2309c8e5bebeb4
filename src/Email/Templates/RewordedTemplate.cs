using System.Collections.Concurrent;
using MarketingPlatform.Email.Sending;

namespace MarketingPlatform.Email.Templates;

/// <summary>
/// A template in which some words are other ones, in every locale: another subject, another angle, the same mail around it. Compiled once
/// for a locale, and again where somebody changed the template meanwhile.
/// </summary>
/// <param name="said">Template and words.</param>
internal sealed class RewordedTemplate(SendContent said)
{
    private readonly ConcurrentDictionary<(TemplateLibrary Library, string Locale), CompiledMail> compiled = new();

    /// <exception cref="TemplateException">There is no such template, or it cannot be compiled or rendered with these words.</exception>
    public MailContent Render(TemplateLibrary library, MailModel model) => MailTemplates.Render(Mail(library, model.Language), model);

    /// <exception cref="TemplateException">There is no such template, or it cannot be compiled with these words.</exception>
    public CompiledMail Mail(TemplateLibrary library, string? language)
    {
        var content = With(library, said);
        var locale = content.LocaleFor(language);
        if (compiled.TryGetValue((library, locale), out var known))
            return known;
        // Those of an older library are never asked for again.
        foreach (var old in compiled.Keys.Where(key => key.Library != library))
            compiled.TryRemove(old, out _);
        return compiled.GetOrAdd((library, locale), key => key.Library.Compile(said.Template!, content, key.Locale));
    }

    /// <returns>The template's content with these words in place of its own.</returns>
    /// <exception cref="TemplateException">There is no such template.</exception>
    public static TemplateContent With(TemplateLibrary library, SendContent said)
    {
        if (!library.Templates.TryGetValue(said.Template!, out var content) || content.Kind != TemplateKind.Mail)
            throw new TemplateException($"There is no template {said.Template}.", null);
        var locales = (content.Words?.Keys ?? []).Append(content.DefaultLocale).Distinct(StringComparer.OrdinalIgnoreCase);
        var changed = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var locale in locales)
        {
            var words = new Dictionary<string, string>(content.Words?.GetValueOrDefault(locale) ?? None);
            foreach (var (name, text) in (said.LocaleWords?.GetValueOrDefault(locale) ?? None).Concat(said.Words ?? None))
                words[name] = text;
            changed[locale] = words;
        }
        return content with { Words = changed };
    }

    private static readonly Dictionary<string, string> None = [];
}
