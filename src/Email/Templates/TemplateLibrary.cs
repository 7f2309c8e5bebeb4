using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Templates;

/// <summary>A mail ready to be rendered for any number of recipients of one locale.</summary>
/// <param name="Text">Null where the text is made from the HTML.</param>
internal sealed record CompiledMail(
    string Locale,
    TemplateContent Content,
    CompiledLiquid Subject,
    CompiledLiquid Html,
    CompiledLiquid? Text,
    Func<string, CompiledLiquid?> Blocks
);

/// <summary>A set of templates that fit together, at one moment. Each is compiled at its first use.</summary>
internal sealed partial class TemplateLibrary(IReadOnlyDictionary<string, TemplateContent> templates)
{
    private readonly ConcurrentDictionary<(string Name, string Locale), CompiledMail> mails = new();
    private readonly ConcurrentDictionary<(string Name, string Locale, string? Layout), CompiledLiquid> blocks = new();

    private readonly Lazy<bool> sharedPartsAskForSegments = new(() =>
        templates.Values.Any(template => template.Kind != TemplateKind.Mail && AsksForSegments(template))
    );

    public IReadOnlyDictionary<string, TemplateContent> Templates => templates;

    /// <summary>Whether a layout or a block, which any mail may use, shows parts to members of a segment only.</summary>
    public bool SharedPartsAskForSegments => sharedPartsAskForSegments.Value;

    public static bool AsksForSegments(TemplateContent content)
    {
        var words = content.Words?.Values.SelectMany(locale => locale.Values) ?? [];
        string?[] sources = [content.Html, content.Subject, content.Text, .. words];
        return sources.Any(source => source?.Contains("segments", StringComparison.Ordinal) == true);
    }

    /// <exception cref="TemplateException">There is no such mail, or it cannot be compiled.</exception>
    public CompiledMail Mail(string name, string? language)
    {
        if (!templates.TryGetValue(name, out var content) || content.Kind != TemplateKind.Mail)
            throw new TemplateException($"There is no template {name}.", null);
        var locale = content.LocaleFor(language);
        return mails.GetOrAdd((name, locale), key => Compile(key.Name, content, key.Locale));
    }

    /// <summary>Compiles a mail that is not saved, or all that a layout or a block says by itself: what is wrong comes out.</summary>
    /// <exception cref="TemplateException">It cannot be compiled.</exception>
    public void Check(string name, TemplateContent content)
    {
        foreach (var locale in (content.Words?.Keys ?? []).Append(content.DefaultLocale).Distinct())
        {
            if (content.Kind == TemplateKind.Mail)
                Compile(name, content, locale);
            else
                LiquidSandbox.Parse(name, Worded(name, content, content.Html, locale));
        }
        if (content.Kind == TemplateKind.Layout && !Content().IsMatch(content.Html))
            throw new TemplateException($"Layout {name} has no {{{{ content }}}}: say where the mail goes.", null);
    }

    public CompiledMail Compile(string name, TemplateContent content, string locale)
    {
        var subject =
            content.Word(locale, "subject")
            ?? content.Subject
            ?? throw new TemplateException($"Template {name} has no subject: give 'subject', or a word of that name.", null);
        var html = Worded(name, content, content.Word(locale, "html") ?? content.Html, locale);
        if (content.Layout is { } layoutName)
        {
            var layout = Layout(name, layoutName);
            var frame = Worded(layoutName, layout, layout.Html, layout.LocaleFor(locale));
            var preheader = content.Word(locale, "preheader") is { } words ? Worded(name, content, words, locale) : "";
            html = Content().Replace(Preheader().Replace(frame, _ => preheader), _ => html);
        }
        var text = content.Word(locale, "text") ?? content.Text;
        return new CompiledMail(
            locale,
            content,
            LiquidSandbox.Parse($"{name} (subject)", Worded(name, content, subject, locale)),
            LiquidSandbox.Parse(name, CssInliner.Inline(html)),
            text is null ? null : LiquidSandbox.Parse($"{name} (text)", Worded(name, content, text, locale)),
            block => Block(block, locale, content.Layout)
        );
    }

    private CompiledLiquid? Block(string name, string locale, string? layout)
    {
        if (!templates.TryGetValue(name, out var content) || content.Kind != TemplateKind.Block)
            return null;
        return blocks.GetOrAdd(
            (name, content.LocaleFor(locale), layout),
            key =>
            {
                var html = Worded(name, content, content.Html, key.Locale);
                var css = layout is null ? "" : CssInliner.CssOf(Layout(name, layout).Html);
                return LiquidSandbox.Parse($"{name} (block)", CssInliner.Inline(html, css));
            }
        );
    }

    private TemplateContent Layout(string name, string layout) =>
        templates.TryGetValue(layout, out var content) && content.Kind == TemplateKind.Layout
            ? content
            : throw new TemplateException($"Template {name} wants the layout {layout}, which is not there.", null);

    private static string Worded(string name, TemplateContent content, string source, string locale) =>
        WordReference()
            .Replace(
                source,
                match =>
                    content.Word(locale, match.Groups[1].Value)
                    ?? throw new TemplateException(
                        $"Template {name} has no word '{match.Groups[1].Value}' in {content.DefaultLocale}.",
                        null
                    )
            );

    [GeneratedRegex(@"\{\{-?\s*t\.([A-Za-z_][\w-]*)\s*-?\}\}")]
    private static partial Regex WordReference();

    [GeneratedRegex(@"\{\{-?\s*content\s*-?\}\}")]
    private static partial Regex Content();

    [GeneratedRegex(@"\{\{-?\s*preheader\s*-?\}\}")]
    private static partial Regex Preheader();
}
