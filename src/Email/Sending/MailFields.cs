using System.Globalization;
using System.Text;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Email.Sending;

/// <summary>What callers may put into a mail. A field that could start a header line of its own is refused, not cleaned.</summary>
internal static class MailFields
{
    private static readonly Dictionary<string, string> NoWords = [];

    public const int MaxSubject = 500;
    public const int MaxName = 200;
    public const int MaxBody = 512 * 1024;

    public static bool IsOneLine(string text) =>
        text.EnumerateRunes()
            .All(rune =>
                Rune.GetUnicodeCategory(rune)
                    is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            );

    public static bool IsAddress(string? address) => address is not null && IsOneLine(address) && MimeMail.Recipient(address) is not null;

    public static IEnumerable<FieldError> CheckLine(string field, string? text, int max)
    {
        if (text is null)
            yield break;
        if (text.Length > max)
            yield return new(field, $"Give at most {max} characters.");
        if (!IsOneLine(text))
            yield return new(field, "Give one line: no line breaks and no control characters.");
    }

    /// <param name="isLiquid">Whether the parts are templates, which must be readable now and not only when they are sent.</param>
    public static IEnumerable<FieldError> CheckContent(SendContent? content, MailTemplates templates, bool isLiquid)
    {
        if (content is null)
            return [new("content", "Give a template, or subject with html or text or both.")];
        if (CheckOptions(content).ToArray() is { Length: > 0 } wrong)
            return wrong;
        if (content.Template is not null)
            return content.Subject is null && content.Html is null && content.Text is null
                ? CheckTemplate(content, templates)
                : [new("content", "Give either a template or subject, html and text.")];
        if (string.IsNullOrWhiteSpace(content.Subject) || (content.Html ?? content.Text) is not { Length: > 0 })
            return [new("content", "Give a template, or subject with html or text or both.")];
        FieldError[] errors =
        [
            .. CheckLine("content.subject", content.Subject, MaxSubject),
            .. CheckSize("content.html", content.Html),
            .. CheckSize("content.text", content.Text),
        ];
        return errors.Length > 0 || !isLiquid ? errors : CheckLiquid(content);
    }

    private static IEnumerable<FieldError> CheckOptions(SendContent content)
    {
        foreach (var error in CheckLine("content.senderName", content.SenderName, MaxName))
            yield return error;
        if (content.Template is null && (content.Words is { Count: > 0 } || content.LocaleWords is { Count: > 0 }))
            yield return new("content.words", "Words belong to a template: name one, or write them into subject and html.");
        if (content.Template is null && content.CouponPool is not null)
            yield return new("content.couponPool", "A coupon belongs to a template that shows it: name one.");
        foreach (var locale in content.LocaleWords?.Where(words => words.Value is null) ?? [])
            yield return new($"content.localeWords.{locale.Key}", "Give an object of words, or leave it out.");
        foreach (
            var (name, text) in (content.Words ?? NoWords).Concat(content.LocaleWords?.Values.SelectMany(words => words ?? NoWords) ?? [])
        )
        foreach (var error in CheckSize($"content.words.{name}", text))
            yield return error;
    }

    private static FieldError[] CheckTemplate(SendContent content, MailTemplates templates)
    {
        if (!templates.Exists(content.Template!))
            return [new("content.template", $"There is no template '{content.Template}'.")];
        if (!content.Rewords)
            return [];
        try
        {
            templates.Library.Check(content.Template!, RewordedTemplate.With(templates.Library, content));
            return [];
        }
        catch (TemplateException e)
        {
            return [new("content.words", e.Message)];
        }
    }

    private static IEnumerable<FieldError> CheckSize(string field, string? text) =>
        text?.Length > MaxBody ? [new(field, $"Give at most {MaxBody / 1024} KB.")] : [];

    private static FieldError[] CheckLiquid(SendContent content)
    {
        try
        {
            _ = new RawContent(content, isLiquid: true);
            return [];
        }
        catch (TemplateException e)
        {
            return [new("content", e.Message)];
        }
    }
}
