using System.Globalization;

namespace MarketingPlatform.Segmentation.Rules;

internal enum TokenKind
{
    Word,
    Text,
    Number,
    Duration,
    Symbol,
    End,
}

/// <param name="At">Characters before it, plus one.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int At)
{
    public string Place => $"character {At}";

    public bool Is(string word) => Kind is TokenKind.Word or TokenKind.Symbol && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() =>
        Kind == TokenKind.End ? "the end"
        : Kind == TokenKind.Text ? Literal.Quote(Text)
        : $"'{Text}'";
}

/// <summary>Splits the text of a rule into words, quoted texts, numbers, durations and symbols.</summary>
internal static class RuleTokens
{
    // What is written, and what it means: some write a comparison as they do elsewhere.
    private static readonly (string Written, TokenKind Kind, string Means)[] Symbols =
    [
        ("!=", TokenKind.Symbol, "!="),
        ("<>", TokenKind.Symbol, "!="),
        ("≠", TokenKind.Symbol, "!="),
        ("<=", TokenKind.Symbol, "<="),
        ("≤", TokenKind.Symbol, "<="),
        (">=", TokenKind.Symbol, ">="),
        ("≥", TokenKind.Symbol, ">="),
        ("==", TokenKind.Symbol, "="),
        ("=", TokenKind.Symbol, "="),
        ("<", TokenKind.Symbol, "<"),
        (">", TokenKind.Symbol, ">"),
        ("(", TokenKind.Symbol, "("),
        (")", TokenKind.Symbol, ")"),
        (",", TokenKind.Symbol, ","),
        ("&&", TokenKind.Word, "and"),
        ("||", TokenKind.Word, "or"),
    ];

    // Typed, and as word processors turn them.
    private static readonly (char Opens, string Closes)[] Quotes =
    [
        ('"', "\""),
        ('\'', "'"),
        ('“', "”\""),
        ('„', "“”"),
        ('‘', "’'"),
        ('«', "»"),
    ];

    private const string CurrencySigns = "€$£¥";

    public static IReadOnlyList<Token> Split(string text)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", at + 1));
                return tokens;
            }
            var (token, length) = Next(text, at);
            tokens.Add(token);
            at += length;
        }
    }

    private static (Token Token, int Length) Next(string text, int at)
    {
        var first = text[at];
        foreach (var (opens, closes) in Quotes)
            if (first == opens)
                return Quoted(text, at, closes);
        if (char.IsAsciiDigit(first) || (first == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            var length = 1 + text.AsSpan(at + 1).IndexOfNot(c => char.IsAsciiLetterOrDigit(c) || c == '.');
            var number = text.Substring(at, length);
            var kind = decimal.TryParse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out _
            )
                ? TokenKind.Number
                : TokenKind.Duration;
            return (new Token(kind, number, at + 1), length);
        }
        if (char.IsAsciiLetter(first) || first == '_')
        {
            var length = text.AsSpan(at).IndexOfNot(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
            return (new Token(TokenKind.Word, text.Substring(at, length), at + 1), length);
        }
        foreach (var (written, kind, means) in Symbols)
            if (text.AsSpan(at).StartsWith(written, StringComparison.Ordinal))
                return (new Token(kind, means, at + 1), written.Length);
        if (CurrencySigns.Contains(first, StringComparison.Ordinal))
            throw new RuleException(
                $"character {at + 1}",
                $"'{first}': write the currency as three letters behind the amount, such as spent > 100 EUR, or none for the shop's."
            );
        throw new RuleException($"character {at + 1}", $"'{first}' means nothing here. Put texts into double quotes: country = \"DE\".");
    }

    private static (Token Token, int Length) Quoted(string text, int start, string closes)
    {
        var content = new System.Text.StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            if (closes.Contains(text[at], StringComparison.Ordinal))
                return (new Token(TokenKind.Text, content.ToString(), start + 1), at - start + 1);
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            if (text[at] == '\0' || char.IsSurrogate(text[at]) && !Paired(text, at))
                throw new RuleException($"character {at + 1}", "A character that no text may hold stands here. Delete it.");
            content.Append(text[at]);
        }
        throw new RuleException($"character {start + 1}", "A quote opens here and never closes.");
    }

    private static bool Paired(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) : char.IsHighSurrogate(text[at - 1]);

    private static int IndexOfNot(this ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var at = 0;
        while (at < text.Length && belongs(text[at]))
            at++;
        return at;
    }
}
