using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MarketingPlatform.Email.Templates.Lint;

/// <summary>CSS and HTML that Gmail or Outlook for Windows (which renders with Word) leave out. Source: caniemail.com.</summary>
internal static class CssSupport
{
    private static readonly (string Property, string? Value, string Who)[] Dropped =
    [
        ("position", null, "Gmail and Outlook"),
        ("float", null, "Outlook"),
        ("display", "flex", "Outlook"),
        ("display", "grid", "Gmail (in part) and Outlook"),
        ("background-image", null, "Outlook"),
        ("box-shadow", null, "Gmail (in part) and Outlook"),
        ("transform", null, "Gmail and Outlook"),
        ("animation", null, "Gmail and Outlook"),
        ("transition", null, "Gmail (in part) and Outlook"),
        ("opacity", null, "Outlook"),
        ("clip-path", null, "Gmail and Outlook"),
        ("filter", null, "Gmail and Outlook"),
        ("object-fit", null, "Outlook"),
        ("gap", null, "Outlook"),
        ("text-shadow", null, "Gmail (in part) and Outlook"),
    ];

    private static readonly string[] Elements = ["script", "iframe", "form", "object", "embed", "video", "audio", "svg", "canvas", "input"];

    public static IEnumerable<LintFinding> Check(IHtmlDocument page)
    {
        foreach (var name in Elements)
            if (page.QuerySelector(name) is not null)
                yield return new(
                    "unsupported-html",
                    name is "script" or "iframe" or "object" or "embed" ? "error" : "warning",
                    $"<{name}> does not work in mails: most programs remove it, and filters distrust it."
                );
        if (page.QuerySelector("link[rel=stylesheet]") is not null)
            yield return new(
                "unsupported-css",
                "error",
                "Linked style sheets are not loaded by mail programs: put the rules in a <style>; they are written into the elements."
            );
        foreach (var (property, value, who) in Dropped)
            if (
                page.All.Any(element =>
                    InlineStyle.Get(element, property) is { } used
                    && (value is null || used == value)
                    && used is not ("none" or "static" or "normal")
                )
            )
                yield return new(
                    "unsupported-css",
                    "warning",
                    $"{property}{(value is null ? "" : ": " + value)} is dropped by {who}: see that the mail reads well without it."
                );
    }
}
