using Markdig;
using Markdig.Syntax;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>What the shop tells its visitors.</summary>
/// <param name="ArticleId">The shop's own id; letters, digits and <c>-_./</c>.</param>
/// <param name="Body">Markdown; a plain answer is Markdown too.</param>
/// <param name="Url">Where people read it; null where it has no page.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Questions">Questions that it answers, as people ask them; may be empty.</param>
/// <param name="Intent">The intent whose messages it belongs to; null for none.</param>
internal sealed record Article(
    string ArticleId,
    string Title,
    string Body,
    string? Url,
    string Language,
    IReadOnlyList<string> Questions,
    string? Intent
)
{
    private const int PassageLength = 600;

    /// <summary>
    /// The plain text in passages of some sentences: a heading begins a new one, paragraphs join up to <see cref="PassageLength"/> characters.
    /// Each passage carries the heading it stands under.
    /// </summary>
    public IReadOnlyList<(string Heading, string Text)> Passages()
    {
        List<(string Heading, string Text)> passages = [];
        var (heading, text) = ("", "");
        foreach (var block in Markdown.Parse(Body))
        {
            var words = Plain(block);
            if (block is HeadingBlock || text.Length + words.Length > PassageLength)
            {
                if (text.Length > 0)
                    passages.Add((heading, text));
                text = "";
            }
            if (block is HeadingBlock)
                heading = words;
            else if (words.Length > 0)
                text = text.Length > 0 ? text + " " + words : words;
        }
        if (text.Length > 0 || passages.Count == 0)
            passages.Add((heading, text.Length > 0 ? text : Title));
        return passages;
    }

    private string Plain(Block block) =>
        block is HtmlBlock || block.Span.Length == 0
            ? ""
            : string.Join(
                ' ',
                Markdown
                    .ToPlainText(Body[block.Span.Start..Math.Min(Body.Length, block.Span.End + 1)])
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            );
}
