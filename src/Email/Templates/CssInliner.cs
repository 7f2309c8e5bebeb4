using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;

namespace MarketingPlatform.Email.Templates;

/// <summary>
/// Writes the rules of style sheets into the elements, where every mail program reads them; only what cannot be written there (media
/// queries) stays in the sheet. PreMailer decides which rule wins; the styles are then put into the source as it stands, because a
/// parser's own output would move what Liquid puts between rows of a table.
/// </summary>
internal static partial class CssInliner
{
    /// <param name="html">A page, or a part of one.</param>
    /// <param name="css">A style sheet from elsewhere: the layout's, for a block.</param>
    public static string Inline(string html, string css = "")
    {
        var shield = LiquidShield.Over(html);
        var tags = StartTags(shield.Html);
        var styles = Styles(Marked(shield.Html, tags), css);
        var result = new StringBuilder(html.Length * 2);
        var at = 0;
        for (var i = 0; i < tags.Count; i++)
        {
            var (start, end) = tags[i];
            result.Append(shield.Html, at, start - at);
            var tag = shield.Html[start..end];
            result.Append(styles.TryGetValue(i, out var style) && style.Length > 0 ? WithStyle(tag, style) : tag);
            at = end;
        }
        result.Append(shield.Html, at, shield.Html.Length - at);
        return shield.Lift(
            Sheets().Replace(result.ToString(), sheet => sheet.Groups[1].Value + Rest(sheet.Groups[2].Value) + sheet.Groups[3].Value)
        );
    }

    /// <summary>The text of all style sheets of a page.</summary>
    public static string CssOf(string html) => string.Concat(Sheets().Matches(html).Select(sheet => sheet.Groups[2].Value));

    // From '<' to behind '>'; what stands in comments or style sheets is no tag.
    private static List<(int Start, int End)> StartTags(string html)
    {
        var tags = new List<(int, int)>();
        foreach (Match match in Tokens().Matches(html))
            if (match.Groups["name"].Success)
                tags.Add((match.Index, match.Index + match.Length));
        return tags;
    }

    private static string Marked(string html, List<(int Start, int End)> tags)
    {
        var result = new StringBuilder(html.Length + tags.Count * 16);
        var at = 0;
        for (var i = 0; i < tags.Count; i++)
        {
            var close = tags[i].End - (html[tags[i].End - 2] == '/' ? 2 : 1);
            result.Append(html, at, close - at).Append(CultureInfo.InvariantCulture, $" data-at=\"{i}\"");
            at = close;
        }
        return result.Append(html, at, html.Length - at).ToString();
    }

    private static Dictionary<int, string> Styles(string marked, string css)
    {
        var page = marked.Contains("<body", StringComparison.OrdinalIgnoreCase)
            ? marked
            : $"<html><head><style>{css}</style></head><body>{marked}</body></html>";
        using var premailer = new PreMailer.Net.PreMailer(page);
        var inlined = premailer.MoveCssInline(removeStyleElements: true, preserveMediaQueries: true).Html;
        var styles = new Dictionary<int, string>();
        foreach (var element in new HtmlParser().ParseDocument(inlined).QuerySelectorAll("[data-at]"))
            if (
                int.TryParse(element.GetAttribute("data-at"), CultureInfo.InvariantCulture, out var id)
                && element.GetAttribute("style") is { } style
            )
                styles[id] = style;
        return styles;
    }

    private static string WithStyle(string tag, string style)
    {
        var bare = StyleAttribute().Replace(tag, "");
        var close = bare.Length - (bare[^2] == '/' ? 2 : 1);
        return $"{bare[..close].TrimEnd()} style=\"{style.Replace('"', '\'')}\"{bare[close..]}";
    }

    // Rules that apply to elements are in the elements now; @media, :root and :hover are not.
    private static string Rest(string css)
    {
        var rest = new StringBuilder();
        foreach (Match rule in Rules().Matches(css))
        {
            var selector = rule.Groups[1].Value.Trim();
            if (selector.StartsWith('@') || selector.Contains(':', StringComparison.Ordinal))
                rest.Append('\n').Append(rule.Value.Trim());
        }
        return rest.Length == 0 ? "" : rest.Append('\n').ToString();
    }

    [GeneratedRegex(
        "<!--.*?-->|<(?:style|script|title)\\b.*?</(?:style|script|title)>|<(?<name>[a-zA-Z][\\w:-]*)(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Tokens();

    [GeneratedRegex("\\s+style\\s*=\\s*(\"[^\"]*\"|'[^']*')", RegexOptions.IgnoreCase)]
    private static partial Regex StyleAttribute();

    [GeneratedRegex("(<style\\b[^>]*>)(.*?)(</style>)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Sheets();

    [GeneratedRegex(@"([^{}]+)\{(?:[^{}]|\{[^{}]*\})*\}")]
    private static partial Regex Rules();
}
