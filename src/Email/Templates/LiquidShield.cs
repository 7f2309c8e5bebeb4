using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Templates;

/// <summary>
/// HTML whose Liquid is put aside, so that an HTML parser can read it: an output or tag becomes a comment between elements, an attribute
/// inside a tag, and a plain word inside a value.
/// </summary>
internal sealed partial class LiquidShield
{
    private readonly List<string> liquid = [];

    private LiquidShield(string html) => Html = html;

    public string Html { get; }

    public static LiquidShield Over(string source)
    {
        var result = new StringBuilder(source.Length + 64);
        var kept = new List<string>();
        var place = Place.Content;
        var quote = '\0';
        for (var i = 0; i < source.Length; )
        {
            if (source[i] == '{' && Liquid().Match(source, i) is { Success: true } match)
            {
                var id = kept.Count.ToString(CultureInfo.InvariantCulture);
                kept.Add(match.Value);
                result.Append(
                    place switch
                    {
                        Place.Content => $"<!--lq:{id}-->",
                        Place.Tag => $" data-lq{id}=\"\" ",
                        _ => $"lq{id}lq",
                    }
                );
                i += match.Length;
                continue;
            }
            (place, quote) = Next(source, i, place, quote);
            result.Append(source[i++]);
        }
        var shield = new LiquidShield(result.ToString());
        shield.liquid.AddRange(kept);
        return shield;
    }

    /// <summary>The Liquid back in its places.</summary>
    public string Lift(string html) =>
        Marks()
            .Replace(
                html,
                match =>
                {
                    var id = match.Groups.Cast<Group>().Skip(1).First(group => group.Success).Value;
                    return int.TryParse(id, CultureInfo.InvariantCulture, out var index) && index < liquid.Count
                        ? liquid[index]
                        : match.Value;
                }
            );

    private enum Place
    {
        Content,
        Tag,
        Value,
        Raw,
        Comment,
    }

    private static (Place, char) Next(string source, int at, Place place, char quote)
    {
        switch (place)
        {
            case Place.Content when source[at] == '<':
                if (string.CompareOrdinal(source, at, "<!--", 0, 4) == 0)
                    return (Place.Comment, '\0');
                return at + 1 < source.Length && (char.IsAsciiLetter(source[at + 1]) || source[at + 1] is '/' or '!')
                    ? (Place.Tag, '\0')
                    : (place, quote);
            case Place.Comment when source[at] == '>' && at > 1 && source[at - 1] == '-' && source[at - 2] == '-':
                return (Place.Content, '\0');
            case Place.Tag when source[at] is '"' or '\'':
                return (Place.Value, source[at]);
            case Place.Tag when source[at] == '>':
                return (RawStart(source, at) ? Place.Raw : Place.Content, '\0');
            case Place.Value when source[at] == quote:
                return (Place.Tag, '\0');
            case Place.Raw when source[at] == '<' && RawEnd().IsMatch(source, at):
                return (Place.Tag, '\0');
            default:
                return (place, quote);
        }
    }

    private static bool RawStart(string source, int close)
    {
        var open = source.LastIndexOf('<', close);
        return open >= 0 && RawOpening().IsMatch(source, open);
    }

    [GeneratedRegex(@"\G(?:\{\{.*?\}\}|\{%.*?%\})", RegexOptions.Singleline)]
    private static partial Regex Liquid();

    [GeneratedRegex("<!--lq:([0-9]+)-->| ?data-lq([0-9]+)=\"\" ?|lq([0-9]+)lq")]
    private static partial Regex Marks();

    [GeneratedRegex(@"\G<(style|title|script|textarea)\b", RegexOptions.IgnoreCase)]
    private static partial Regex RawOpening();

    [GeneratedRegex(@"\G</(style|title|script|textarea)\b", RegexOptions.IgnoreCase)]
    private static partial Regex RawEnd();
}
