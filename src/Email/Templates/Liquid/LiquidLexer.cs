using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Templates.Liquid;

internal enum LiquidPartKind
{
    Text,
    Output,
    Tag,
}

/// <summary>A stretch of a template: text, the inside of <c>{{ }}</c>, or a tag with its name and the rest of its markup.</summary>
/// <param name="Line">From 1.</param>
internal readonly record struct LiquidPart(LiquidPartKind Kind, string Name, string Markup, int Line);

/// <summary>
/// Splits a template as Liquid does: white space control, <c>raw</c>, <c>comment</c> (nested), <c>doc</c>, <c>#</c> comments, and the
/// lines of the <c>liquid</c> tag as tags of their own.
/// </summary>
internal static partial class LiquidLexer
{
    /// <exception cref="LiquidSyntaxException">An output, a tag or a block that swallows text does not end.</exception>
    public static List<LiquidPart> Split(string source)
    {
        var parts = new List<LiquidPart>();
        var at = 0;
        var line = 1;
        var trimNext = false;
        while (at < source.Length)
        {
            var open = NextOpening(source, at);
            var end = open < 0 ? source.Length : open;
            var trimsBefore = open >= 0 && open + 2 < source.Length && source[open + 2] == '-';
            AddText(parts, source[at..end], trimNext, trimsBefore, line);
            line += Lines(source, at, end);
            if (open < 0)
                break;
            var isTag = source[open + 1] == '%';
            var inside = open + (trimsBefore ? 3 : 2);
            var close = source.IndexOf(isTag ? "%}" : "}}", inside, StringComparison.Ordinal);
            if (close < 0)
                throw new LiquidSyntaxException(
                    line,
                    isTag ? "A tag is not closed: '%}' is missing." : "An output is not closed: '}}' is missing."
                );
            trimNext = close > inside && source[close - 1] == '-';
            var markup = source[inside..(trimNext ? close - 1 : close)];
            at = close + 2;
            if (!isTag)
                parts.Add(new(LiquidPartKind.Output, "", markup, line));
            else if (TagName().Match(markup) is { Success: true } named)
                (at, trimNext) = AddTag(parts, source, at, trimNext, named.Groups[1].Value, markup[named.Length..], line);
            else if (!markup.TrimStart().StartsWith('#'))
                throw new LiquidSyntaxException(line, "A tag has no name.");
            else
                CheckInlineComment(markup, line);
            line += Lines(source, open, at);
        }
        return parts;
    }

    private static (int At, bool TrimNext) AddTag(
        List<LiquidPart> parts,
        string source,
        int at,
        bool trimNext,
        string name,
        string markup,
        int line
    )
    {
        switch (name)
        {
            case "raw":
                var raw = Body(source, at, "raw", nests: false, line);
                parts.Add(new(LiquidPartKind.Text, "raw", Trim(source[at..raw.Start], trimNext, raw.TrimsBefore), line));
                return (raw.End, raw.TrimsAfter);
            case "doc" or "comment":
                if (name == "doc" && markup.Trim().Length > 0)
                    throw new LiquidSyntaxException(line, "'doc' takes nothing.");
                var hidden = Body(source, at, name, nests: name == "comment", line);
                parts.Add(new(LiquidPartKind.Tag, "comment", "", line));
                return (hidden.End, hidden.TrimsAfter);
            case "liquid":
                AddLines(parts, markup, line);
                return (at, trimNext);
            default:
                parts.Add(new(LiquidPartKind.Tag, name, markup.Trim(), line));
                return (at, trimNext);
        }
    }

    // In the liquid tag each line is a tag.
    private static void AddLines(List<LiquidPart> parts, string markup, int line)
    {
        var hidden = 0;
        foreach (var text in markup.Split('\n'))
        {
            var statement = text.Trim();
            if (statement.Length > 0 && statement[0] != '#')
            {
                var named = TagName().Match(statement);
                if (!named.Success)
                    throw new LiquidSyntaxException(line, $"'{statement}' does not begin with a tag's name.");
                var name = named.Groups[1].Value;
                if (name is "comment" or "doc")
                    hidden++;
                else if (name is "endcomment" or "enddoc" && hidden > 0)
                    hidden--;
                else if (hidden == 0 && name == "liquid")
                    AddLines(parts, statement[named.Length..], line);
                else if (hidden == 0)
                    parts.Add(new(LiquidPartKind.Tag, name, statement[named.Length..].Trim(), line));
            }
            line++;
        }
        if (hidden > 0)
            throw new LiquidSyntaxException(line, "A comment is not closed: 'endcomment' is missing.");
    }

    private readonly record struct Span(int Start, int End, bool TrimsBefore, bool TrimsAfter);

    private static Span Body(string source, int at, string name, bool nests, int line)
    {
        var depth = 1;
        var inRaw = false;
        foreach (Match match in BodyTags().Matches(source, at))
        {
            var tag = match.Groups[2].Value;
            if (nests && tag is "raw" or "endraw")
                inRaw = nests && tag == "raw";
            else if (inRaw)
                continue;
            else if (nests && tag == name)
                depth++;
            else if (tag == "end" + name && --depth == 0)
                return new(match.Index, match.Index + match.Length, match.Groups[1].Length > 0, match.Groups[3].Length > 0);
        }
        throw new LiquidSyntaxException(line, $"'{name}' is not closed: '{{% end{name} %}}' is missing.");
    }

    private static void AddText(List<LiquidPart> parts, string text, bool trimStart, bool trimEnd, int line)
    {
        var trimmed = Trim(text, trimStart, trimEnd);
        if (trimmed.Length > 0)
            parts.Add(new(LiquidPartKind.Text, "", trimmed, line));
    }

    private static string Trim(string text, bool start, bool end)
    {
        text = start ? text.TrimStart() : text;
        return end ? text.TrimEnd() : text;
    }

    private static void CheckInlineComment(string markup, int line)
    {
        foreach (var text in markup.Split('\n'))
            if (text.Trim() is { Length: > 0 } comment && comment[0] != '#')
                throw new LiquidSyntaxException(line, "Each line of a '#' comment begins with '#'.");
    }

    private static int NextOpening(string source, int from)
    {
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
            if (source[at + 1] is '{' or '%')
                return at;
        return -1;
    }

    private static int Lines(string source, int from, int to) => source.AsSpan(from, to - from).Count('\n');

    [GeneratedRegex(@"^\s*([A-Za-z_]\w*)")]
    private static partial Regex TagName();

    [GeneratedRegex(@"\{%(-?)\s*(raw|endraw|comment|endcomment|doc|enddoc)\b[^%]*?(-?)%\}")]
    private static partial Regex BodyTags();
}

/// <summary>A template is not Liquid; the message names the line and what to do.</summary>
internal sealed class LiquidSyntaxException(int line, string message) : Exception($"Line {line}: {message}")
{
    public int Line { get; } = line;
}
