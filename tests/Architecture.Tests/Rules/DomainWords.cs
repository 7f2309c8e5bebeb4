using System.Text.RegularExpressions;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>
/// Platform and ServiceDefaults are about any service. A word of the shop in an identifier or a text there means that something lives in
/// the wrong room. Comments may give examples.
/// </summary>
internal static partial class DomainWords
{
    private static readonly HashSet<string> Words =
    [
        "customer",
        "shopper",
        "visitor",
        "cart",
        "order",
        "refund",
        "product",
        "catalogue",
        "catalog",
        "price",
        "email",
        "mail",
        "smtp",
        "newsletter",
        "campaign",
        "automation",
        "recipient",
        "consent",
        "segment",
        "rfm",
        "churn",
        "recommendation",
        "recommend",
        "chat",
        "chatbot",
        "intent",
        "advert",
        "advertising",
        "bid",
        "budget",
        "audience",
        "coupon",
        "marketer",
    ];

    /// <summary>Names that .NET and SQL gave, which only look like words of the shop.</summary>
    [GeneratedRegex(
        """OrderBy(Descending)?|StartsWithSegments|ValidateAudience|InvalidCatalogName|\border\s+by\b""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Foreign();

    /// <returns>Each finding as <c>line: word</c>.</returns>
    public static IEnumerable<string> In(string source, bool sql = false)
    {
        var code = (sql ? SqlComments() : Comments()).Replace(
            source,
            match => match.Groups["keep"].Success ? match.Value : Blank(match.Value)
        );
        var lines = Foreign().Replace(code, "").Split('\n');
        for (var line = 0; line < lines.Length; line++)
            foreach (Match word in Word().Matches(lines[line]))
                if (Words.Contains(Singular(word.Value.ToLowerInvariant())))
                    yield return $"{line + 1}: {word.Value}";
    }

    private static string Singular(string word) => word.EndsWith('s') ? word[..^1] : word;

    /// <summary>Lines keep their numbers.</summary>
    private static string Blank(string comment) => new('\n', comment.Count(c => c == '\n'));

    /// <summary>A comment, or a text or character that may contain what looks like one.</summary>
    [GeneratedRegex(
        """"
            (?<keep>"""[\s\S]*?"""|@"(?:""|[^"])*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')|//[^\n]*|/\*[\s\S]*?\*/
            """"
    )]
    private static partial Regex Comments();

    [GeneratedRegex("""(?<keep>'[^']*')|--[^\n]*""")]
    private static partial Regex SqlComments();

    /// <summary>The words of CamelCase, snake_case and prose.</summary>
    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
