using System.Globalization;
using System.Text;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Email.Sending;

/// <summary>What callers may put into a mail. A field that could start a header line of its own is refused, not cleaned.</summary>
internal static class MailFields
{
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
        if (content.Template is not null)
            return content.Subject is null && content.Html is null && content.Text is null
                ? CheckTemplate(content.Template, templates)
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

    private static FieldError[] CheckTemplate(string name, MailTemplates templates) =>
        templates.Exists(name) ? [] : [new("content.template", $"There is no template '{name}'.")];

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
