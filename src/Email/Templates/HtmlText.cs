using System.Net;
using System.Text;

namespace MarketingPlatform.Email.Templates;

/// <summary>
/// The plain text of an HTML mail, in one pass: blocks become paragraphs, links keep their address, what is hidden stays hidden.
/// Written for mails that we rendered ourselves, not for arbitrary pages.
/// </summary>
internal static class HtmlText
{
    private static readonly HashSet<string> Paragraphs =
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "blockquote",
        "hr",
        "thead",
        "tbody",
        "tfoot",
    ];
    private static readonly HashSet<string> Lines = ["div", "tr", "br", "li", "section", "header", "footer"];
    private static readonly HashSet<string> Unseen = ["head", "style", "script", "title"];
    private static readonly HashSet<string> Void = ["br", "hr", "img", "input", "meta", "link"];

    public static string From(string html)
    {
        var writer = new Writer();
        var hidden = 0;
        string? href = null;
        for (var at = 0; at < html.Length; )
        {
            if (html[at] != '<')
            {
                var end = html.IndexOf('<', at);
                end = end < 0 ? html.Length : end;
                if (hidden == 0)
                    writer.Text(html.AsSpan(at, end - at));
                at = end;
                continue;
            }
            if (string.CompareOrdinal(html, at, "<!--", 0, 4) == 0)
            {
                var end = html.IndexOf("-->", at, StringComparison.Ordinal);
                at = end < 0 ? html.Length : end + 3;
                continue;
            }
            var close = EndOfTag(html, at);
            var tag = html.AsSpan(at + 1, Math.Max(0, close - at - 2));
            at = close;
            var closing = tag.Length > 0 && tag[0] == '/';
            var name = Name(closing ? tag[1..] : tag);
            if (hidden > 0)
            {
                // Everything inside of what is hidden is, however deep.
                if (!Void.Contains(name))
                    hidden += closing ? -1 : 1;
                continue;
            }
            if (!closing && !Void.Contains(name) && (Unseen.Contains(name) || IsHidden(tag)))
                hidden = 1;
            else if (name == "a" && !closing)
                (href, _) = (Attribute(tag, "href"), writer.Mark());
            else if (name == "a")
                writer.Link(href);
            else if (name == "img" && href is not null)
                writer.Alternative(Attribute(tag, "alt"));
            else
                Break(writer, name, closing);
            if (name == "a" && closing)
                href = null;
        }
        return writer.ToString();
    }

    private static void Break(Writer writer, string name, bool closing)
    {
        if (Paragraphs.Contains(name))
            writer.Break(2);
        else if (Lines.Contains(name))
            writer.Break(1);
        else if (name is "td" or "th" && closing)
            writer.Cell();
        if (name == "li" && !closing)
            writer.Text("* ");
    }

    private static int EndOfTag(string html, int at)
    {
        var quote = '\0';
        for (var i = at + 1; i < html.Length; i++)
        {
            if (quote != '\0')
                quote = html[i] == quote ? '\0' : quote;
            else if (html[i] is '"' or '\'')
                quote = html[i];
            else if (html[i] == '>')
                return i + 1;
        }
        return html.Length;
    }

    private static string Name(ReadOnlySpan<char> tag)
    {
        var length = 0;
        while (length < tag.Length && char.IsAsciiLetterOrDigit(tag[length]))
            length++;
        return tag[..length].ToString().ToLowerInvariant();
    }

    private static bool IsHidden(ReadOnlySpan<char> tag) =>
        tag.Contains("display:none", StringComparison.OrdinalIgnoreCase)
        || tag.Contains("display: none", StringComparison.OrdinalIgnoreCase)
        || tag.Contains("aria-hidden=\"true\"", StringComparison.OrdinalIgnoreCase);

    private static string? Attribute(ReadOnlySpan<char> tag, string name)
    {
        var at = tag.IndexOf(" " + name + "=\"", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var value = tag[(at + name.Length + 3)..];
        var end = value.IndexOf('"');
        return end < 0 ? null : WebUtility.HtmlDecode(value[..end].ToString());
    }

    private sealed class Writer
    {
        private readonly StringBuilder text = new();
        private int breaks;
        private bool space;
        private int linkStart;
        private string? alternative;

        public void Text(ReadOnlySpan<char> html)
        {
            var decoded = html.Contains('&') ? WebUtility.HtmlDecode(html.ToString()) : html.ToString();
            foreach (var c in decoded)
            {
                if (char.IsWhiteSpace(c))
                {
                    space = true;
                    continue;
                }
                // Zero-width joiners and non-joiners pad previews and mean nothing in text.
                if (c is '\u200C' or '\u200B' or '\uFEFF')
                    continue;
                Flush();
                text.Append(c);
            }
        }

        public int Mark()
        {
            if (breaks > 0 || space)
                Flush();
            alternative = null;
            return linkStart = text.Length;
        }

        public void Alternative(string? alt) => alternative = alt;

        public void Link(string? href)
        {
            if (text.Length == linkStart && alternative is null)
                return;
            var isEmpty = text.Length == linkStart;
            // A picture that links where its neighbour does is said by that neighbour.
            if (isEmpty || href is null || !Uri.TryCreate(href, UriKind.Absolute, out _))
                return;
            if (text.ToString(linkStart, text.Length - linkStart).Trim() != href)
                text.Append(": ").Append(href);
        }

        public void Break(int lines)
        {
            breaks = Math.Max(breaks, lines);
            space = false;
        }

        public void Cell() => space = true;

        private void Flush()
        {
            if (text.Length > 0 && breaks > 0)
                text.Append('\n', breaks);
            else if (text.Length > 0 && space)
                text.Append(' ');
            breaks = 0;
            space = false;
        }

        public override string ToString() => text.Append('\n').ToString();
    }
}
